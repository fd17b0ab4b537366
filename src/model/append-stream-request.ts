import { AppendStreamRequestSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { invalidField } from "./errors.js";
import { malformed, Violation } from "./wire/violation.js";
import { WIRE_BYTES, WIRE_VARINT, WireReader } from "./wire/wire-reader.js";

/** One message of an AppendStream. */
export interface AppendStreamUnit {
  /** The writer's number for it. */
  readonly correlationId: bigint;
  /** The `seglog.v1.AppendRequest` in it, unchecked; a view of the message as a rule. */
  readonly append: Uint8Array;
}

const CORRELATION_ID = AppendStreamRequestSchema.field.correlationId.number;
const APPEND = AppendStreamRequestSchema.field.append.number;

/**
 * Takes an `seglog.v1.AppendStreamRequest` apart and leaves its unit to parseAppendRequest, so that a bad
 * unit can be answered under its correlation id.
 *
 * @throws SeglogError INVALID_FIELD where the message around the unit is malformed
 */
export function parseAppendStreamRequest(bytes: Uint8Array): AppendStreamUnit {
  try {
    return takeApart(bytes);
  } catch (error) {
    if (error instanceof Violation) throw invalidField(error.path === "" ? "request" : error.path, error.description);
    throw error;
  }
}

function takeApart(bytes: Uint8Array): AppendStreamUnit {
  const reader = new WireReader(bytes);
  const end = bytes.length;
  let correlationId = 0n;
  let append: Uint8Array | undefined;
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag >>> 3 === CORRELATION_ID) correlationId = within("correlation_id", () => readCorrelationId(reader, tag));
    else if (tag >>> 3 === APPEND)
      append = merge(
        append,
        within("append", () => readAppend(reader, tag)),
      );
    else reader.skip(tag, end, 1);
  }
  return { correlationId, append: append ?? bytes.subarray(end) };
}

function readCorrelationId(reader: WireReader, tag: number): bigint {
  if ((tag & 7) !== WIRE_VARINT) throw malformed("has the wrong wire type");
  const low = reader.varint(reader.bytes.length);
  return (BigInt(reader.high) << 32n) | BigInt(low);
}

function readAppend(reader: WireReader, tag: number): Uint8Array {
  if ((tag & 7) !== WIRE_BYTES) throw malformed("has the wrong wire type");
  const length = reader.length(reader.bytes.length);
  const start = reader.at;
  reader.at = start + length;
  return reader.bytes.subarray(start, reader.at);
}

/** Concatenated encodings of one message are its parts merged. */
function merge(before: Uint8Array | undefined, after: Uint8Array): Uint8Array {
  if (before === undefined) return after;
  const merged = new Uint8Array(before.length + after.length);
  merged.set(before);
  merged.set(after, before.length);
  return merged;
}

function within<Value>(field: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof Violation) error.placeWithin(field);
    throw error;
  }
}
