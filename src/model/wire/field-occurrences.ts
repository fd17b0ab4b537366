import { concatenated } from "./concatenated.js";
import { WIRE_BYTES, WireReader } from "./wire-reader.js";

/**
 * The values of a message or text field of a validated message, in order, as views of its bytes.
 * This is how nested messages are got at as they were sent, without decoding and encoding them.
 */
export function fieldOccurrences(bytes: Uint8Array, fieldNumber: number): Uint8Array[] {
  const wanted = fieldNumber * 8 + WIRE_BYTES;
  const reader = new WireReader(bytes);
  const occurrences: Uint8Array[] = [];
  while (reader.at < bytes.length) {
    const tag = reader.tag(bytes.length);
    if (tag !== wanted) {
      reader.skip(tag, bytes.length, 0);
      continue;
    }
    const length = reader.length(bytes.length);
    occurrences.push(bytes.subarray(reader.at, reader.at + length));
    reader.at += length;
  }
  return occurrences;
}

/** A singular message field of a validated message, merged from all its occurrences; undefined where there is none. */
export function mergedField(bytes: Uint8Array, fieldNumber: number): Uint8Array | undefined {
  const occurrences = fieldOccurrences(bytes, fieldNumber);
  return occurrences.length <= 1 ? occurrences[0] : concatenated(occurrences);
}

/** A copy of a validated message without one of its fields. */
export function withoutField(bytes: Uint8Array, fieldNumber: number): Uint8Array {
  const reader = new WireReader(bytes);
  const kept: Uint8Array[] = [];
  while (reader.at < bytes.length) {
    const start = reader.at;
    const tag = reader.tag(bytes.length);
    reader.skip(tag, bytes.length, 0);
    if (tag >>> 3 !== fieldNumber) kept.push(bytes.subarray(start, reader.at));
  }
  return concatenated(kept);
}
