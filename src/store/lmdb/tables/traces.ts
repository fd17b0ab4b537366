import { checksumMismatch } from "../../../model/errors.js";
import { idBytes, type SegmentId } from "../../../model/id.js";
import { lastAtOrBelow, type Reader, under, type Writer } from "../engine.js";
import { BrokenSealError } from "../values/sealed.js";
import { ValueReader } from "../values/value-reader.js";
import { ValueWriter } from "../values/value-writer.js";
import { key, keyAfter, lastNumber, TABLE } from "./keys.js";

/** The records of one AppendTrace: each an encoded TraceEntry. */
export interface TraceUnit {
  readonly firstIndex: number;
  readonly entries: readonly Buffer[];
}

/** Appends a unit. */
export function appendTraceUnit(
  writer: Writer,
  segmentId: SegmentId,
  unit: { readonly firstIndex: number; readonly entries: readonly Uint8Array[] },
): void {
  const unitKey = keyOf(segmentId, unit.firstIndex);
  const value = new ValueWriter().varint(unit.entries.length);
  for (const entry of unit.entries) value.varint(entry.length).bytes(entry);
  writer.put(unitKey, value.sealedFor(unitKey));
}

/** How many records a trace has. */
export function traceCount(reader: Reader, segmentId: SegmentId): number {
  const last = lastUnit(reader, segmentId);
  return last === undefined ? 0 : lastNumber(last.key) + new ValueReader(last.key, last.value).varint();
}

/** Whether there is anything of a segment's trace. */
export function hasTrace(reader: Reader, segmentId: SegmentId): boolean {
  return lastUnit(reader, segmentId) !== undefined;
}

function lastUnit(reader: Reader, segmentId: SegmentId) {
  const prefix = key(TABLE.traces, idBytes(segmentId));
  return lastAtOrBelow(reader, keyAfter(prefix), prefix);
}

/**
 * The units of a trace from the one on that holds an index.
 *
 * @throws SeglogError CHECKSUM_MISMATCH
 */
export function* traceUnitsFrom(reader: Reader, segmentId: SegmentId, index: number): Iterable<TraceUnit> {
  const prefix = key(TABLE.traces, idBytes(segmentId));
  const first = lastAtOrBelow(reader, keyOf(segmentId, index), prefix)?.key ?? prefix;
  for (const found of reader.range({ start: first, end: keyAfter(prefix) })) {
    yield decodeTraceUnit(segmentId, found);
  }
}

/** Keys of all units of a trace. */
export function* traceKeys(reader: Reader, segmentId: SegmentId): Iterable<Buffer> {
  for (const found of reader.range(under(key(TABLE.traces, idBytes(segmentId))))) yield found.key;
}

/** Reads a unit from a key and a value of the table. */
export function decodeTraceUnit(segmentId: SegmentId, found: { readonly key: Buffer; readonly value: Buffer }): TraceUnit {
  const firstIndex = lastNumber(found.key);
  try {
    const fields = new ValueReader(found.key, found.value);
    const count = fields.varint();
    return { firstIndex, entries: Array.from({ length: count }, () => fields.bytes(fields.varint())) };
  } catch (error) {
    if (error instanceof BrokenSealError) throw checksumMismatch({ segmentId, index: firstIndex });
    throw error;
  }
}

function keyOf(segmentId: SegmentId, firstIndex: number): Buffer {
  return key(TABLE.traces, idBytes(segmentId), firstIndex);
}
