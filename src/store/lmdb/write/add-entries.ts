import type { NewEntry } from "../../../model/new-entry.js";
import type { SegmentHead } from "../tables/segment-heads.js";
import type { Transaction } from "../transaction.js";

/**
 * Adds entries behind the last one of a segment that is there: records in the feed, their starts in the index, the turns
 * they end, and the head, which it returns.
 *
 * @throws SeglogError QUOTA_EXCEEDED, before anything is written
 */
export function addEntries(tx: Transaction, head: SegmentHead, entries: readonly NewEntry[]): SegmentHead {
  tx.ledger.charge(head.namespace, { sessions: 0, entries: entries.length, bytes: bytesOf(entries) });
  return growSegment(tx, head, entries);
}

/** Adds entries that are paid for. */
export function growSegment(tx: Transaction, head: SegmentHead, entries: readonly NewEntry[]): SegmentHead {
  const grown = tx.extend(head, entries);
  tx.grew(grown.namespace, grown.sessionId, grown.segmentId);
  return grown;
}

/** How many bytes entries come to, about: what admission counts. */
export function bytesOf(entries: readonly NewEntry[]): number {
  let bytes = 0;
  for (const entry of entries) bytes += entry.bytes.length;
  return bytes;
}
