/** What a mirror has done since it began. */
export class MirrorCounts {
  /** Entries that were added to the copy. */
  entries = 0;
  /** Segments that were compared from their first entry on. */
  compared = 0;
  /** When the last entry that was mirrored happened, in milliseconds since the epoch. */
  lastTimeMs = 0;
  readonly #leftOut = new Map<string, number>();

  /** Entries of the segments that were touched that have no form in the copy. */
  get leftOutCount(): number {
    let sum = 0;
    for (const count of this.#leftOut.values()) sum += count;
    return sum;
  }

  setLeftOut(segmentId: string, count: number): void {
    if (count > 0) this.#leftOut.set(segmentId, count);
    else this.#leftOut.delete(segmentId);
  }

  addLeftOut(segmentId: string, count: number): void {
    this.setLeftOut(segmentId, (this.#leftOut.get(segmentId) ?? 0) + count);
  }
}
