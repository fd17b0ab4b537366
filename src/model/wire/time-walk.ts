import { brokenRule, malformed } from "./violation.js";
import { WIRE_VARINT, type WireReader } from "./wire-reader.js";

/** 0001-01-01T00:00:00Z. */
const TIMESTAMP_SECONDS_MIN = -62_135_596_800;
/** 9999-12-31T23:59:59Z. */
const TIMESTAMP_SECONDS_MAX = 253_402_300_799;
/** 10,000 years, as google/protobuf/duration.proto bounds it. */
const DURATION_SECONDS_MAX = 315_576_000_000;
const NANOS_MAX = 999_999_999;

/** A time as it stands in the bytes. */
export interface WireTime {
  /** Exact as far as a valid time reaches. */
  readonly seconds: number;
  readonly nanos: number;
}

/** Walks a google.protobuf.Timestamp or Duration, which have the same fields. */
export function walkTime(reader: WireReader, end: number, depth: number): WireTime {
  let seconds = 0;
  let nanos = 0;
  while (reader.at < end) {
    const tag = reader.tag(end);
    const number = tag >>> 3;
    if (number > 2) {
      reader.skip(tag, end, depth);
      continue;
    }
    if ((tag & 7) !== WIRE_VARINT) throw malformed("has the wrong wire type");
    const low = reader.varint(end);
    if (number === 1) seconds = (reader.high | 0) * 0x1_0000_0000 + low;
    else nanos = low | 0;
  }
  return { seconds, nanos };
}

/** Refuses times outside the years 1 to 9999. */
export function judgeTimestamp({ seconds, nanos }: WireTime): void {
  if (seconds < TIMESTAMP_SECONDS_MIN || seconds > TIMESTAMP_SECONDS_MAX) throw brokenRule("", "is outside the years 1 to 9999");
  if (nanos < 0 || nanos > NANOS_MAX) throw brokenRule("", `has nanos outside 0 to ${NANOS_MAX}`);
}

/** Refuses what is no duration, or a shorter one than `leastMs`. */
export function judgeDuration({ seconds, nanos }: WireTime, leastMs: number): void {
  if (Math.abs(seconds) > DURATION_SECONDS_MAX) throw brokenRule("", "is longer than 10,000 years");
  if (Math.abs(nanos) > NANOS_MAX) throw brokenRule("", `has nanos beyond ${NANOS_MAX}`);
  if (seconds * nanos < 0) throw brokenRule("", "has seconds and nanos of different signs");
  if (seconds * 1000 + nanos / 1e6 < leastMs) throw brokenRule("", `must be at least ${leastMs} ms`);
}
