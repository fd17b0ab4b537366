import { WIRE_VARINT, type WireReader } from "./wire-reader.js";

const FIRST_TAG = 8 + WIRE_VARINT;

/** Field 1, a varint, of the validated message between where the reader stands and `end`. The last one holds; 0 where there is none. */
export function firstNumber(reader: WireReader, end: number): bigint {
  let value = 0n;
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag !== FIRST_TAG) {
      reader.skip(tag, end, 0);
      continue;
    }
    const low = reader.varint(end);
    value = (BigInt(reader.high) << 32n) | BigInt(low);
  }
  return value;
}
