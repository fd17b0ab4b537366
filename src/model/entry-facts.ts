import { EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import type { NewEntry } from "./new-entry.js";
import { WIRE_VARINT, WireReader } from "./wire/wire-reader.js";

const TIME = EntrySchema.field.time.number;
const TURN_END = EntrySchema.field.turnEnd.number;
const RUN_COMPLETED = EntrySchema.field.runCompleted.number;
const RUN_ERRORED = EntrySchema.field.runErrored.number;
const PAUSED_TURN_ABANDONED = EntrySchema.field.pausedTurnAbandoned.number;

/** Kinds of entries are the field numbers from here. */
export const KIND_MIN = 4;

/** Kinds of entries are the field numbers up to here. */
export const KIND_MAX = 99;

/**
 * What the store must know of an entry: a look at its top level, and into the kinds that say something.
 *
 * @param bytes a validated `seglog.v1.Entry`, or one that the daemon made
 */
export function entryFacts(bytes: Uint8Array): NewEntry {
  const reader = new WireReader(bytes);
  let kind = 0;
  let kindStart = 0;
  let kindEnd = 0;
  let hasTime = false;
  while (reader.at < bytes.length) {
    const tag = reader.tag(bytes.length);
    const number = tag >>> 3;
    if (number === TIME) hasTime = true;
    const start = reader.at;
    reader.skip(tag, bytes.length, 0);
    if (number < KIND_MIN || number > KIND_MAX) continue;
    kind = number;
    kindStart = start;
    kindEnd = reader.at;
  }
  reader.at = kindStart;
  switch (kind) {
    case TURN_END:
      return { bytes, kind, hasTime, turnCount: firstNumber(reader, kindEnd) };
    case RUN_COMPLETED:
    case RUN_ERRORED:
      return { bytes, kind, hasTime, isInterrupted: firstNumber(reader, kindEnd) !== 0n };
    case PAUSED_TURN_ABANDONED:
      return { bytes, kind, hasTime, isInterrupted: false };
    default:
      return { bytes, kind, hasTime };
  }
}

/** Field 1 of a nested message whose length comes next: `turn_count`, or `interrupted`. The last one holds. */
function firstNumber(reader: WireReader, end: number): bigint {
  reader.length(end);
  let value = 0n;
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag !== 8 + WIRE_VARINT) {
      reader.skip(tag, end, 0);
      continue;
    }
    const low = reader.varint(end);
    value = (BigInt(reader.high) << 32n) | BigInt(low);
  }
  return value;
}
