/** A folder held a store and does not any more, or holds another one. The message says what is and what was wanted. */
export class MissingStoreError extends Error {
  override readonly name = "MissingStoreError";

  constructor(
    readonly folder: string,
    what: string,
  ) {
    super(`folder ${folder} ${what}; put it back, or remove STORE to begin with what is there`);
  }
}
