/** How far a segment of the copy is known to be what it is at the source. */
export interface KnownSegment {
  readonly entryCount: bigint;
  /** Everything of this segment up to here, at the source, is settled in the copy. */
  readonly lastPosition: bigint;
}

/** Segments that are kept in mind; one that drops out is compared again when it grows. */
const KNOWN_MAX = 100_000;

/** What this process has seen to be the same in copy and source. The segments that were touched longest ago are forgotten. */
export class KnownSegments<Known = KnownSegment> {
  readonly #known = new Map<string, Known>();
  readonly #max: number;

  constructor(max = KNOWN_MAX) {
    this.#max = max;
  }

  get(segmentId: string): Known | undefined {
    return this.#known.get(segmentId);
  }

  set(segmentId: string, known: Known): void {
    this.#known.delete(segmentId);
    this.#known.set(segmentId, known);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= this.#max) return;
      this.#known.delete(oldest);
    }
  }

  forget(segmentId: string): void {
    this.#known.delete(segmentId);
  }
}
