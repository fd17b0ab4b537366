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
