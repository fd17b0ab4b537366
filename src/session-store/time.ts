import { create } from "@bufbuild/protobuf";
import { type Timestamp, TimestampSchema } from "@bufbuild/protobuf/wkt";
import { refused, type Shape, u64 } from "./shape.js";

/** The last millisecond of the year 9999, where timestamps of the contract end. */
const TIME_MS_MAX = 253_402_300_799_999n;

/** A time in milliseconds since the epoch. The seed takes later ones than the contract has. */
export const timeMs: Shape<Timestamp> = (value, place) => {
  const ms = u64(value, place);
  if (ms > TIME_MS_MAX) throw refused(place, "is a time past year 9999");
  return create(TimestampSchema, { seconds: ms / 1000n, nanos: Number(ms % 1000n) * 1_000_000 });
};

/** A time as milliseconds since the epoch; what lies before the epoch becomes 0, the least that the JSONL form has. */
export function writeTimeMs(time: Timestamp | undefined): string {
  if (time === undefined || time.seconds < 0n) return "0";
  return String(time.seconds * 1000n + BigInt(Math.trunc(time.nanos / 1_000_000)));
}
