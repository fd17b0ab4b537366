import { headMismatch, SeglogError } from "../../../model/errors.js";
import type { Base } from "../../segment-info.js";
import type { ImportUnitParams } from "../../store-writes.js";
import { liveHead } from "../tables/purges.js";
import type { SegmentHead } from "../tables/segment-heads.js";
import type { Transaction } from "../transaction.js";
import { addEntries } from "./add-entries.js";
import { segmentToWrite } from "./live-segment.js";
import { addSegment, checkNewSegment, segmentExists } from "./new-segment.js";

/** Adds a unit of an import. See SegmentStore.importUnit. */
export function importUnit(tx: Transaction, params: ImportUnitParams): SegmentHead {
  if (params.fromIndex > 0) {
    const head = segmentToWrite(tx, params.segmentId);
    if (head.sessionId !== params.sessionId) throw segmentExists(head, tx.sight);
    if (head.entryCount !== params.fromIndex) throw headMismatch(head);
    return addEntries(tx, head, params.entries);
  }
  checkNewSegment(tx, params, "any");
  const { sessionId, segmentId, entries, lineage = {} } = params;
  const depth = lineage.base === undefined ? 0 : checkBase(tx, params, lineage.base).depth + 1;
  return addSegment(tx, { sessionId, segmentId, entries, ...lineage, depth });
}

function checkBase(tx: Transaction, params: ImportUnitParams, base: Base): SegmentHead {
  const head = liveHead(tx, base.segmentId);
  const isThere = head !== undefined && head.sessionId === params.sessionId && head.entryCount >= base.entryCount;
  if (!isThere || base.entryCount < Math.max(1, head.openingCount)) {
    throw new SeglogError(
      "BASE_NOT_FOUND",
      `segment ${params.segmentId} is based on ${base.entryCount} entries of segment ${base.segmentId}, which are not in session ${params.sessionId}; import the base first`,
      { metadata: { segment_id: base.segmentId, entry_count: String(base.entryCount) } },
    );
  }
  if (head.depth + 1 > tx.limits.forkDepthMax) {
    throw new SeglogError("FORK_TOO_DEEP", `segment ${params.segmentId} would have more than ${tx.limits.forkDepthMax} bases above it`, {
      metadata: { segment_id: params.segmentId, fork_depth_max: String(tx.limits.forkDepthMax) },
    });
  }
  return head;
}
