/** What the contract can say and the JSONL form cannot. The message says what kind of thing, never its content. */
export class NoFormError extends Error {
  override readonly name = "NoFormError";
}
