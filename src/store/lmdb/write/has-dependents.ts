import { SeglogError } from "../../../model/errors.js";
import type { SegmentId } from "../../../model/id.js";

/** Forks are based on what would go. */
export function hasDependents(segmentId: SegmentId, neededCount: number): SeglogError {
  return new SeglogError(
    "HAS_DEPENDENTS",
    `forks are based on the first ${neededCount} entries of segment ${segmentId}; delete them first`,
    {
      metadata: { segment_id: segmentId, needed_entry_count: String(neededCount) },
    },
  );
}
