import { EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import type { NewEntry } from "./new-entry.js";
import { firstNumber } from "./wire/first-number.js";
import { WireReader } from "./wire/wire-reader.js";

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
      return { bytes, kind, hasTime, turnCount: numberWithin(reader, kindEnd) };
    case RUN_COMPLETED:
    case RUN_ERRORED:
      return { bytes, kind, hasTime, isInterrupted: numberWithin(reader, kindEnd) !== 0n };
    case PAUSED_TURN_ABANDONED:
      return { bytes, kind, hasTime, isInterrupted: false };
    default:
      return { bytes, kind, hasTime };
  }
}

/** Field 1 of a nested message whose length comes next: `turn_count`, or `interrupted`. */
function numberWithin(reader: WireReader, end: number): bigint {
  reader.length(end);
  return firstNumber(reader, end);
}
