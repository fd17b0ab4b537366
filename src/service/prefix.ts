import type { SegmentId } from "../model/id.js";

/** The first entries of one segment, with the position of the last of them, which says whether they are still the same. */
export interface Prefix {
  readonly segmentId: SegmentId;
  readonly entryCount: number;
  readonly lastPosition: number;
  /** Where replay for an heir begins: entry 0 of a fork says where that one came from, and nothing that it hands on. */
  readonly replayFrom: number;
}
