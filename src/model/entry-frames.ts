import { EntryBatchSchema, ReadEntriesResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { KIND_MAX, KIND_MIN } from "./entry-facts.js";
import type { NewEntry } from "./new-entry.js";
import { concatenated } from "./wire/concatenated.js";
import { WIRE_BYTES, WireReader } from "./wire/wire-reader.js";
import { varintSize, writeVarint } from "./wire/wire-writer.js";

/** Tag byte of `entries` in `seglog.v1.EntryBatch`: how frames are stored. */
export const BATCH_ENTRIES_TAG = EntryBatchSchema.field.entries.number * 8 + WIRE_BYTES;

/** Tag byte of `entries` in `seglog.v1.ReadEntriesResponse`. */
export const READ_ENTRIES_TAG = ReadEntriesResponseSchema.field.entries.number * 8 + WIRE_BYTES;

const INDEX_TAG = 0x08;
const POSITION_TAG = 0x10;
const TIME_TAG = 0x1a;
const SECONDS_TAG = 0x08;
const NANOS_TAG = 0x10;

/** What the daemon adds to an entry. Index, position and time are integers of 0 to 2^53 - 1. */
export interface EntryStamp {
  readonly index: number;
  readonly position: number;
  /** When it was committed, in milliseconds since the epoch; written where the writer set no time. */
  readonly timeMs: number;
}

/** Where one entry stands in frames. Offsets. */
export interface EntryFrame {
  /** Of the tag. */
  readonly start: number;
  /** Of the entry's bytes. */
  readonly bodyStart: number;
  /** Behind the entry's bytes. */
  readonly end: number;
}

/** Bytes that `writeEntryFrame` takes. */
export function frameSize(entry: NewEntry, stamp: EntryStamp): number {
  const bodySize = entry.bytes.length + stampSize(entry, stamp);
  return 1 + varintSize(bodySize) + bodySize;
}

/**
 * Writes an entry as it is stored and sent: the field `entries` of `seglog.v1.EntryBatch`, with index,
 * position and, where the writer set none, time behind the writer's bytes. The last scalar of a field
 * wins, so what a writer put there cannot show; hence zeros are written too.
 *
 * @returns the offset behind it
 */
export function writeEntryFrame(target: Uint8Array, offset: number, entry: NewEntry, stamp: EntryStamp): number {
  target[offset] = BATCH_ENTRIES_TAG;
  let at = writeVarint(target, offset + 1, entry.bytes.length + stampSize(entry, stamp));
  target.set(entry.bytes, at);
  at += entry.bytes.length;
  at = writeField(target, at, INDEX_TAG, stamp.index);
  at = writeField(target, at, POSITION_TAG, stamp.position);
  if (entry.hasTime) return at;
  const time = timeField(stamp.timeMs);
  target.set(time, at);
  return at + time.length;
}

/** The entries of frames, in order. */
export function* entryFrames(frames: Uint8Array): Iterable<EntryFrame> {
  const reader = new WireReader(frames);
  while (reader.at < frames.length) {
    const start = reader.at;
    const end = stepOver(reader);
    yield { start, bodyStart: reader.at, end };
    reader.at = end;
  }
}

/** How many entries frames hold. */
export function countFrames(frames: Uint8Array): number {
  const reader = new WireReader(frames);
  let count = 0;
  for (; reader.at < frames.length; count++) reader.at = stepOver(reader);
  return count;
}

/** A copy of frames under another tag, which is one byte too. */
export function retagFrames(frames: Uint8Array, tag: number): Uint8Array {
  const copy = new Uint8Array(frames);
  const reader = new WireReader(frames);
  while (reader.at < frames.length) {
    copy[reader.at] = tag;
    reader.at = stepOver(reader);
  }
  return copy;
}

/** A view of the entries `from` to `to`, counted from 0, without the one at `to`. What is not there is left out. */
export function sliceFrames(frames: Uint8Array, from: number, to: number): Uint8Array {
  const reader = new WireReader(frames);
  let start = 0;
  for (let index = 0; index < to && reader.at < frames.length; index++) {
    reader.at = stepOver(reader);
    if (index < from) start = reader.at;
  }
  return frames.subarray(start, Math.max(start, reader.at));
}

/** The frames whose entries are of these kinds, by field number; the frames themselves where that is all of them. */
export function filterFrames(frames: Uint8Array, kinds: ReadonlySet<number>): Uint8Array {
  const kept: Uint8Array[] = [];
  let keptBytes = 0;
  for (const { start, bodyStart, end } of entryFrames(frames)) {
    if (!kinds.has(kindOfEntry(frames, bodyStart, end))) continue;
    kept.push(frames.subarray(start, end));
    keptBytes += end - start;
  }
  return keptBytes === frames.length ? frames : concatenated(kept);
}

/**
 * Kind of a validated entry: its field number of 4 to 99, or 0 where it has none.
 *
 * @param bytes hold the entry from `start` to `end`
 */
export function kindOfEntry(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const reader = new WireReader(bytes, start);
  while (reader.at < end) {
    const tag = reader.tag(end);
    const number = tag >>> 3;
    if (number >= KIND_MIN && number <= KIND_MAX) return number;
    reader.skip(tag, end, 0);
  }
  return 0;
}

/** Leaves the reader at the entry's bytes and says where they end. */
function stepOver(reader: WireReader): number {
  const end = reader.bytes.length;
  reader.tag(end);
  const length = reader.length(end);
  return reader.at + length;
}

function stampSize(entry: NewEntry, { index, position, timeMs }: EntryStamp): number {
  const size = 2 + varintSize(index) + varintSize(position);
  return entry.hasTime ? size : size + timeField(timeMs).length;
}

/** The field `time`. All entries of a commit have the same, so the last one made is kept. */
function timeField(timeMs: number): Uint8Array {
  if (lastTimeField.timeMs !== timeMs) lastTimeField = { timeMs, bytes: encodeTimeField(timeMs) };
  return lastTimeField.bytes;
}

let lastTimeField = { timeMs: 0, bytes: encodeTimeField(0) };

function encodeTimeField(timeMs: number): Uint8Array {
  const seconds = Math.floor(timeMs / 1000);
  const nanos = (timeMs % 1000) * 1_000_000;
  const size = 2 + varintSize(seconds) + varintSize(nanos);
  const bytes = new Uint8Array(1 + varintSize(size) + size);
  let at = writeField(bytes, 0, TIME_TAG, size);
  at = writeField(bytes, at, SECONDS_TAG, seconds);
  writeField(bytes, at, NANOS_TAG, nanos);
  return bytes;
}

function writeField(target: Uint8Array, offset: number, tag: number, value: number): number {
  target[offset] = tag;
  return writeVarint(target, offset + 1, value);
}
