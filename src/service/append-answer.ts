import { AppendResponseSchema, AppendStreamResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { WIRE_BYTES, WIRE_VARINT } from "../model/wire/wire-reader.js";
import { varintSize, writeVarint } from "../model/wire/wire-writer.js";
import type { AppendResult } from "../store/store-writes.js";

const UNIT = AppendResponseSchema.field;
const SEGMENT_ID_TAG = UNIT.segmentId.number * 8 + WIRE_BYTES;
const FIRST_INDEX_TAG = UNIT.firstIndex.number * 8 + WIRE_VARINT;
const ENTRY_COUNT_TAG = UNIT.entryCount.number * 8 + WIRE_VARINT;
const HEAD_POSITION_TAG = UNIT.headPosition.number * 8 + WIRE_VARINT;
const FORKED_TAG = UNIT.forked.number * 8 + WIRE_VARINT;

const STREAM = AppendStreamResponseSchema.field;
const CORRELATION_ID_TAG = STREAM.correlationId.number * 8 + WIRE_VARINT;
const APPENDED_TAG = STREAM.appended.number * 8 + WIRE_BYTES;

/*
 * These answers are on the way of every Append, so they are written byte by byte: a message built and encoded by
 * protobuf-es costs as much as the rest of the call. All tags are of one byte. Each answer has its exact size from the
 * start: a view of a part of a small array is dearer than the array.
 */

/** An encoded `seglog.v1.AppendResponse`. */
export function encodeAppendResponse(result: AppendResult): Uint8Array {
  const { segmentId, firstIndex, entryCount, headPosition } = result;
  const numbersSize = 3 + varintSize(firstIndex) + varintSize(entryCount) + varintSize(headPosition);
  const bytes = new Uint8Array(2 + segmentId.length + numbersSize + (result.forked ? 2 : 0));
  bytes[0] = SEGMENT_ID_TAG;
  bytes[1] = segmentId.length;
  let at = 2;
  for (let i = 0; i < segmentId.length; i++) bytes[at++] = segmentId.charCodeAt(i); // an id is ASCII
  at = writeNumber(bytes, at, FIRST_INDEX_TAG, firstIndex);
  at = writeNumber(bytes, at, ENTRY_COUNT_TAG, entryCount);
  at = writeNumber(bytes, at, HEAD_POSITION_TAG, headPosition);
  if (result.forked) writeNumber(bytes, at, FORKED_TAG, 1);
  return bytes;
}

/** An encoded `seglog.v1.AppendStreamResponse`, of the encoded answer to its unit. */
export function encodeAppended(correlationId: bigint, appended: Uint8Array): Uint8Array {
  const correlationSize = correlationId === 0n ? 0 : 1 + wideVarintSize(correlationId);
  const bytes = new Uint8Array(correlationSize + 1 + varintSize(appended.length) + appended.length);
  if (correlationId !== 0n) {
    bytes[0] = CORRELATION_ID_TAG;
    writeWideVarint(bytes, 1, correlationId);
  }
  bytes.set(appended, writeNumber(bytes, correlationSize, APPENDED_TAG, appended.length));
  return bytes;
}

function writeNumber(target: Uint8Array, offset: number, tag: number, value: number): number {
  target[offset] = tag;
  return writeVarint(target, offset + 1, value);
}

/** Correlation ids are the writer's own, and may be of any 64 bits. */
function wideVarintSize(value: bigint): number {
  if (value <= Number.MAX_SAFE_INTEGER) return varintSize(Number(value));
  let size = 1;
  for (let rest = value; rest > 0x7fn; rest >>= 7n) size++;
  return size;
}

function writeWideVarint(target: Uint8Array, offset: number, value: bigint): void {
  if (value <= Number.MAX_SAFE_INTEGER) {
    writeVarint(target, offset, Number(value));
    return;
  }
  let at = offset;
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) target[at++] = Number(rest & 0x7fn) | 0x80;
  target[at] = Number(rest);
}
