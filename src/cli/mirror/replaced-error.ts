/** Another store or folder stands where the source or the copy was: what is known of the one does not hold for the other. */
export class ReplacedError extends Error {
  override readonly name = "ReplacedError";
}

/** @throws ReplacedError where a daemon has another store now than it had */
export function assertSameStore(name: string, { was, now }: { readonly was: string; readonly now: string }): void {
  if (now !== was) throw new ReplacedError(`${name} was store ${was}, and is store ${now} now`);
}
