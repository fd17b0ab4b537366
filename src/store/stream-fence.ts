import { SeglogError } from "../model/errors.js";
import type { SegmentId } from "../model/id.js";

/**
 * Keeps what is pipelined behind a unit from taking effect without it: once a unit of a stream was
 * refused or became a fork, later units of that stream for the same segment are refused; while one
 * waits, later ones wait too. Units are numbered in the order of the stream, so that a unit that is
 * refused early does not stop one before it that still waits.
 */
export class StreamFence {
  readonly #closedAt = new Map<SegmentId, number>();
  readonly #waiting = new Map<SegmentId, Set<number>>();

  /** A unit cannot be decided yet: what comes after it for its segment is held back. */
  hold(segmentId: SegmentId, unit: number): void {
    const waiting = this.#waiting.get(segmentId);
    if (waiting === undefined) this.#waiting.set(segmentId, new Set([unit]));
    else waiting.add(unit);
  }

  /** Whether a unit for a segment must wait for one before it. */
  isHeldBack(segmentId: SegmentId, unit: number): boolean {
    for (const waiting of this.#waiting.get(segmentId) ?? []) {
      if (waiting < unit) return true;
    }
    return false;
  }

  /** A unit is decided, and waits no longer if it did. */
  settle(segmentId: SegmentId, unit: number): void {
    this.#waiting.get(segmentId)?.delete(unit);
  }

  /** A unit was refused or became a fork: refuses what comes after it for its segment. */
  close(segmentId: SegmentId, unit: number): void {
    this.settle(segmentId, unit);
    this.#closedAt.set(segmentId, Math.min(unit, this.#closedAt.get(segmentId) ?? unit));
  }

  /** @throws SeglogError STREAM_FENCED */
  check(segmentId: SegmentId, unit: number): void {
    const closedAt = this.#closedAt.get(segmentId);
    if (closedAt === undefined || unit <= closedAt) return;
    throw new SeglogError(
      "STREAM_FENCED",
      `an earlier unit of this stream for segment ${segmentId} was refused or became a fork; go on with the new id, or open a new stream`,
      { metadata: { segment_id: segmentId } },
    );
  }
}
