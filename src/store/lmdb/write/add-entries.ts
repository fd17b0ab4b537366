import { frameSize, writeEntryFrame } from "../../../model/entry-frames.js";
import type { NewEntry } from "../../../model/new-entry.js";
import { appendRecord } from "../tables/feed.js";
import { type SegmentHead, writeHead } from "../tables/segment-heads.js";
import { addRecordStart } from "../tables/segment-index.js";
import { addTurn } from "../tables/turns.js";
import type { Transaction } from "../transaction.js";

/** Field numbers in Entry of what an opening consists of. */
const SEGMENT_START_KIND = 4;
const OPENING_HISTORY_KIND = 17;

/** An Append is one record; openings and copied states beyond this are split into several. In bytes. */
const RECORD_BYTES_MAX = 4 * 1024 * 1024;

/** Most entries in one record. */
const RECORD_ENTRIES_MAX = 1000;

/**
 * Adds entries behind a segment's last one: records in the feed, their starts in the index, the turns
 * they end, and the head, which it returns.
 */
export function addEntries(tx: Transaction, head: SegmentHead, entries: readonly NewEntry[]): SegmentHead {
  let grown = head;
  for (const unit of recordUnits(entries)) grown = addRecord(tx, grown, unit);
  writeHead(tx, grown);
  tx.grew(grown.sessionId, grown.segmentId);
  return grown;
}

/** How many bytes entries come to, about: what admission counts. */
export function bytesOf(entries: readonly NewEntry[]): number {
  return entries.reduce((sum, entry) => sum + entry.bytes.length, 0);
}

function addRecord(tx: Transaction, head: SegmentHead, entries: readonly NewEntry[]): SegmentHead {
  const firstIndex = head.entryCount;
  const position = tx.takePositions(entries.length);
  const frames = encodeFrames(entries, { firstIndex, position, timeMs: tx.nowMs });
  appendRecord(tx, {
    type: "entries",
    position,
    segmentId: head.segmentId,
    firstIndex,
    count: entries.length,
    commitMs: tx.nowMs,
    before: { byteSize: head.byteSize, turnCount: head.turnCount, isInterrupted: head.lastRunInterrupted },
    frames,
  });
  addRecordStart(tx, head.segmentId, { index: firstIndex, position });

  let { turnCount, lastRunInterrupted, openingCount } = head;
  for (const [i, entry] of entries.entries()) {
    if (entry.turnCount !== undefined) {
      turnCount = entry.turnCount;
      addTurn(tx, head.segmentId, entry.turnCount, firstIndex + i);
    }
    if (entry.isInterrupted !== undefined) lastRunInterrupted = entry.isInterrupted;
    if (extendsOpening(entry, { index: firstIndex + i, openingCount })) openingCount++;
  }
  return {
    ...head,
    entryCount: firstIndex + entries.length,
    openingCount,
    headPosition: position + entries.length - 1,
    turnCount,
    lastRunInterrupted,
    byteSize: head.byteSize + frames.length,
    updateMs: tx.nowMs,
  };
}

/** The opening is entry 0 and the opening history directly behind it. */
function extendsOpening(entry: NewEntry, at: { readonly index: number; readonly openingCount: number }): boolean {
  if (at.index !== at.openingCount) return false;
  return at.index === 0 ? entry.kind === SEGMENT_START_KIND : entry.kind === OPENING_HISTORY_KIND;
}

function encodeFrames(
  entries: readonly NewEntry[],
  at: { readonly firstIndex: number; readonly position: number; readonly timeMs: number },
): Buffer {
  const placed = entries.map((entry, i) => ({
    entry,
    place: { index: at.firstIndex + i, position: at.position + i, timeMs: at.timeMs },
  }));
  const frames = Buffer.allocUnsafe(placed.reduce((sum, { entry, place }) => sum + frameSize(entry, place), 0));
  let end = 0;
  for (const { entry, place } of placed) end = writeEntryFrame(frames, end, entry, place);
  return frames;
}

function* recordUnits(entries: readonly NewEntry[]): Iterable<readonly NewEntry[]> {
  let unit: NewEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (unit.length > 0 && (unit.length === RECORD_ENTRIES_MAX || bytes + entry.bytes.length > RECORD_BYTES_MAX)) {
      yield unit;
      unit = [];
      bytes = 0;
    }
    unit.push(entry);
    bytes += entry.bytes.length;
  }
  if (unit.length > 0) yield unit;
}
