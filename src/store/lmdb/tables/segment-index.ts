import { checksumMismatch } from "../../../model/errors.js";
import { idBytes, type SegmentId } from "../../../model/id.js";
import { lastAtOrBelow, type Reader, type Writer } from "../engine.js";
import { BrokenSealError } from "../values/sealed.js";
import { type EntriesRecord, readRecord } from "./feed.js";
import { key, lastNumber, TABLE } from "./keys.js";

const POSITION_BYTES = 8;

/** Where a segment's record begins. */
export interface RecordStart {
  readonly index: number;
  readonly position: number;
}

/** Points from a segment's index to the record that begins there. */
export function addRecordStart(writer: Writer, segmentId: SegmentId, start: RecordStart): void {
  const position = Buffer.allocUnsafe(POSITION_BYTES);
  position.writeBigUInt64BE(BigInt(start.position));
  writer.put(key(TABLE.segmentIndex, idBytes(segmentId), start.index), position);
}

/** Forgets a record. */
export function removeRecordStart(writer: Writer, segmentId: SegmentId, index: number): void {
  writer.remove(key(TABLE.segmentIndex, idBytes(segmentId), index));
}

/** Where the record begins that holds an index, or would if the segment were so long. */
export function startAtOrBelow(reader: Reader, segmentId: SegmentId, index: number): RecordStart | undefined {
  const prefix = key(TABLE.segmentIndex, idBytes(segmentId));
  const found = lastAtOrBelow(reader, key(TABLE.segmentIndex, idBytes(segmentId), index), prefix);
  return found === undefined ? undefined : decodeStart(found);
}

/** Starts of a segment's records from one index on and below another, in either direction. */
export function* startsBetween(
  reader: Reader,
  segmentId: SegmentId,
  range: { readonly from: number; readonly to: number; readonly backward?: boolean },
): Iterable<RecordStart> {
  if (range.to <= range.from) return;
  const at = (index: number) => key(TABLE.segmentIndex, idBytes(segmentId), index);
  const prefix = key(TABLE.segmentIndex, idBytes(segmentId));
  const keys = range.backward
    ? { start: at(range.to - 1), end: range.from === 0 ? prefix : at(range.from - 1), reverse: true }
    : { start: at(range.from), end: at(range.to) };
  for (const found of reader.range(keys)) yield decodeStart(found);
}

/**
 * The record that begins at a start, checked against what pointed to it.
 *
 * @throws SeglogError CHECKSUM_MISMATCH, with segment and index
 */
export function recordAt(reader: Reader, segmentId: SegmentId, start: RecordStart): EntriesRecord {
  const record = readChecked(reader, segmentId, start);
  const isTheOne = record?.type === "entries" && record.segmentId === segmentId && record.firstIndex === start.index;
  if (!isTheOne) throw checksumMismatch({ segmentId, index: start.index });
  return record;
}

/**
 * The record that holds an index of a segment.
 *
 * @throws SeglogError CHECKSUM_MISMATCH where the store holds none, though the head says that there is one
 */
export function recordHolding(reader: Reader, segmentId: SegmentId, index: number): EntriesRecord {
  const start = startAtOrBelow(reader, segmentId, index);
  if (start === undefined) throw checksumMismatch({ segmentId, index });
  const record = recordAt(reader, segmentId, start);
  if (index >= record.firstIndex + record.count) throw checksumMismatch({ segmentId, index });
  return record;
}

function readChecked(reader: Reader, segmentId: SegmentId, start: RecordStart) {
  try {
    return readRecord(reader, start.position);
  } catch (error) {
    if (error instanceof BrokenSealError) throw checksumMismatch({ segmentId, index: start.index });
    throw error;
  }
}

/** Reads a start from a key and a value of the table. */
export function decodeStart(found: { readonly key: Buffer; readonly value: Buffer }): RecordStart {
  return { index: lastNumber(found.key), position: Number(found.value.readBigUInt64BE(0)) };
}
