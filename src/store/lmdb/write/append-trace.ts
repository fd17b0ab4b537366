import type { SegmentId } from "../../../model/id.js";
import { withTraceTime } from "../../../model/trace-time.js";
import type { NewTraceEntry } from "../../store-writes.js";
import { writeHead } from "../tables/segment-heads.js";
import { appendTraceUnit, traceCount } from "../tables/traces.js";
import type { Transaction } from "../transaction.js";
import { segmentToWrite } from "./live-segment.js";

/** Appends to a segment's trace and says how many records that has then. See SegmentStore.appendTrace. */
export function appendTrace(
  tx: Transaction,
  params: { readonly segmentId: SegmentId; readonly entries: readonly NewTraceEntry[] },
): number {
  const head = segmentToWrite(tx, params.segmentId);
  const { segmentId, namespace } = head;
  const firstIndex = traceCount(tx, segmentId);
  const entries = params.entries.map((entry) => (entry.hasTime ? entry.bytes : withTraceTime(entry.bytes, tx.nowMs)));
  if (entries.length === 0) return firstIndex;
  const bytes = entries.reduce((sum, { length }) => sum + length, 0);
  tx.ledger.charge(namespace, { sessions: 0, entries: entries.length, bytes });
  appendTraceUnit(tx, segmentId, { firstIndex, entries });
  writeHead(tx, { ...head, traceByteSize: head.traceByteSize + bytes });
  tx.ledger.note(namespace, { bytes });
  return firstIndex + entries.length;
}
