import type { SegmentId } from "../../../model/id.js";
import type { Precondition } from "../../../model/precondition.js";
import type { TruncateResult } from "../../store-writes.js";
import { checkedCut, prefixOf } from "../prefix.js";
import { neededCount } from "../tables/dependents.js";
import { appendRecord, cutRecord } from "../tables/feed.js";
import { type SegmentHead, writeHead } from "../tables/segment-heads.js";
import { addSessionEvent } from "../tables/session-events.js";
import type { Transaction } from "../transaction.js";
import { hasDependents } from "./has-dependents.js";
import { checkPrecondition, segmentToWrite } from "./live-segment.js";
import { beginPurge } from "./purge.js";

/** Cuts a segment back. See SegmentStore.truncateSegment. */
export function truncateSegment(
  tx: Transaction,
  params: { readonly segmentId: SegmentId; readonly entryCount: number; readonly precondition: Precondition },
): TruncateResult {
  const head = segmentToWrite(tx, params.segmentId);
  checkPrecondition(head, params.precondition);
  const entryCount = checkedCut(head, params.entryCount);
  if (entryCount === head.entryCount) return { segment: head, removedCount: 0 };
  const needed = neededCount(tx, head.segmentId);
  if (needed > entryCount) throw hasDependents(head.segmentId, needed);

  const segment = cut(tx, head, entryCount);
  const { namespace, sessionId, segmentId } = head;
  const position = tx.takeEventPosition();
  appendRecord(tx, { type: "segmentTruncated", position, namespace, sessionId, segmentId, entryCount });
  addSessionEvent(tx, sessionId, position);
  beginPurge(tx, { type: "tail", segmentId, fromIndex: entryCount, eventPosition: position });
  tx.ledger.note(namespace, { bytes: segment.byteSize - head.byteSize });
  tx.grew(namespace, sessionId, segmentId);
  return { segment, removedCount: head.entryCount - entryCount };
}

/** Writes the head as it was with fewer entries, and the record that the cut goes through without the rest. */
function cut(tx: Transaction, head: SegmentHead, entryCount: number): SegmentHead {
  const prefix = prefixOf(tx, head, entryCount);
  const count = entryCount - prefix.record.firstIndex;
  const record = count < prefix.record.count ? cutRecord(tx, prefix.record, count) : prefix.record;
  const segment = {
    ...head,
    entryCount,
    headPosition: prefix.lastPosition,
    turnCount: prefix.turnCount,
    lastRunInterrupted: prefix.isInterrupted,
    byteSize: record.before.byteSize + record.frames.length,
    updateMs: record.commitMs,
  };
  writeHead(tx, segment);
  return segment;
}
