/** A folder held a store and does not any more, or holds another one. The message says what is and what was wanted. */
export class MissingStoreError extends Error {
  override readonly name = "MissingStoreError";

  /** @param storeId of the one that is there in its place; undefined where there is none */
  constructor(
    readonly folder: string,
    what: string,
    storeId: string | undefined,
  ) {
    const elsewhere = storeId === undefined ? "begin anew in another folder" : "remove STORE to go on with the one that is there";
    super(`folder ${folder} ${what}; put the store back, or ${elsewhere}`);
  }
}
