import { idBytes, type SegmentId, segmentIdAt } from "../../../model/id.js";
import type { SegmentInfo } from "../../segment-info.js";
import { type Reader, under, type Writer } from "../engine.js";
import { ValueReader } from "../values/value-reader.js";
import { ValueWriter } from "../values/value-writer.js";
import { key, TABLE } from "./keys.js";

/** What the store keeps about a segment: written with every Append. */
export type SegmentHead = SegmentInfo;

const INTERRUPTED = 1;
const FORKED = 2;
const COMPACTED = 4;
const BASED = 8;
const TRACED = 16;

/** Reads a head, whether its segment is being removed or not: see liveHead in purges.ts. */
export function readHead(reader: Reader, segmentId: SegmentId): SegmentHead | undefined {
  const headKey = keyOf(segmentId);
  const value = reader.get(headKey);
  return value === undefined ? undefined : decodeHead(segmentId, headKey, value);
}

/** Reads a head from a key and a value of the table. */
export function decodeHead(segmentId: SegmentId, headKey: Uint8Array, value: Buffer): SegmentHead {
  const fields = new ValueReader(headKey, value);
  const flags = fields.u8();
  const sessionId = fields.sessionId();
  const entryCount = fields.varint();
  const openingCount = fields.varint();
  const headPosition = fields.varint();
  const turnCount = fields.u64();
  const byteSize = fields.varint();
  const createMs = fields.varint();
  const updateMs = fields.varint();
  const depth = fields.varint();
  const origin = () => ({ segmentId: fields.segmentId(), atTurn: fields.u64() });
  return {
    segmentId,
    sessionId,
    entryCount,
    openingCount,
    headPosition,
    turnCount,
    lastRunInterrupted: (flags & INTERRUPTED) !== 0,
    byteSize,
    createMs,
    updateMs,
    depth,
    forkedFrom: flags & FORKED ? origin() : undefined,
    compactedFrom: flags & COMPACTED ? origin() : undefined,
    base: flags & BASED ? { segmentId: fields.segmentId(), entryCount: fields.varint() } : undefined,
    traceByteSize: flags & TRACED ? fields.varint() : 0,
    namespace: fields.namespace(),
  };
}

/** All heads, by id, ascending; those of segments that are being removed among them. */
export function* allHeads(reader: Reader): Iterable<SegmentHead> {
  for (const { key: headKey, value } of reader.range(under(key(TABLE.segmentHeads)))) {
    yield decodeHead(segmentIdAt(headKey, 1), headKey, value);
  }
}

/** Writes a head. */
export function writeHead(writer: Writer, head: SegmentHead): void {
  const headKey = keyOf(head.segmentId);
  const value = new ValueWriter()
    .u8(
      (head.lastRunInterrupted ? INTERRUPTED : 0) |
        (head.forkedFrom ? FORKED : 0) |
        (head.compactedFrom ? COMPACTED : 0) |
        (head.base ? BASED : 0) |
        (head.traceByteSize > 0 ? TRACED : 0),
    )
    .id(head.sessionId)
    .varint(head.entryCount)
    .varint(head.openingCount)
    .varint(head.headPosition)
    .u64(head.turnCount)
    .varint(head.byteSize)
    .varint(head.createMs)
    .varint(head.updateMs)
    .varint(head.depth);
  if (head.forkedFrom) value.id(head.forkedFrom.segmentId).u64(head.forkedFrom.atTurn);
  if (head.compactedFrom) value.id(head.compactedFrom.segmentId).u64(head.compactedFrom.atTurn);
  if (head.base) value.id(head.base.segmentId).varint(head.base.entryCount);
  if (head.traceByteSize > 0) value.varint(head.traceByteSize);
  value.namespace(head.namespace);
  writer.put(headKey, value.sealedFor(headKey));
}

/** Removes a head: the last step of removing its segment. */
export function removeHead(writer: Writer, segmentId: SegmentId): void {
  writer.remove(keyOf(segmentId));
}

function keyOf(segmentId: SegmentId): Buffer {
  return key(TABLE.segmentHeads, idBytes(segmentId));
}
