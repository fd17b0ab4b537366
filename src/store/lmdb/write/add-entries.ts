import type { NewEntry } from "../../../model/new-entry.js";
import type { SegmentHead } from "../tables/segment-heads.js";
import type { Transaction } from "../transaction.js";

/**
 * Adds entries behind a segment's last one: records in the feed, their starts in the index, the turns
 * they end, and the head, which it returns.
 */
export function addEntries(tx: Transaction, head: SegmentHead, entries: readonly NewEntry[]): SegmentHead {
  const grown = tx.extend(head, entries);
  tx.grew(grown.sessionId, grown.segmentId);
  return grown;
}

/** How many bytes entries come to, about: what admission counts. */
export function bytesOf(entries: readonly NewEntry[]): number {
  let bytes = 0;
  for (const entry of entries) bytes += entry.bytes.length;
  return bytes;
}
