/** A folder is not as it must be for what is kept in it. The message says what it is and what was wanted. */
export class UnsafeFolderError extends Error {
  override readonly name = "UnsafeFolderError";

  constructor(
    readonly folder: string,
    what: string,
    cause?: unknown,
  ) {
    super(`folder ${folder} ${what}`, cause === undefined ? undefined : { cause });
  }
}
