/** A clock of the proof's own, so that a seed gives the same files again, and that request ids do not grow old. */
export function ownClock(): { readonly nowMs: () => number; readonly monotonicMs: () => number } {
  let nowMs = 1_700_000_000_000;
  return { nowMs: () => nowMs++, monotonicMs: () => nowMs };
}
