/** A page of the file is not what the database library would have written. */
export class DamagedPageError extends Error {
  override readonly name = "DamagedPageError";

  /**
   * @param page its number; undefined where the file as a whole is meant
   * @param problem reads on from "page 7"
   */
  constructor(
    readonly page: number | undefined,
    readonly problem: string,
  ) {
    super(`${page === undefined ? "the file" : `page ${page}`} ${problem}`);
  }
}
