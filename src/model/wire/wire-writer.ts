import { WIRE_BYTES } from "./wire-reader.js";

/** Bytes of a varint. `value` is an integer of 0 to 2^53 - 1. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

/**
 * Writes a varint. `value` is an integer of 0 to 2^53 - 1.
 *
 * @returns the offset behind it
 */
export function writeVarint(target: Uint8Array, offset: number, value: number): number {
  let at = offset;
  let rest = value;
  while (rest >= 0x80) {
    target[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  target[at++] = rest;
  return at;
}

/** Tag and length of a field of so many bytes: what stands before them. */
export function fieldHead(fieldNumber: number, valueBytes: number): Uint8Array {
  const tag = fieldNumber * 8 + WIRE_BYTES;
  const head = new Uint8Array(varintSize(tag) + varintSize(valueBytes));
  writeVarint(head, writeVarint(head, 0, tag), valueBytes);
  return head;
}
