import { sliceFrames } from "../../../model/entry-frames.js";
import type { SegmentId } from "../../../model/id.js";
import type { FeedEvent } from "../../feed.js";
import { type KeyValue, lastAtOrBelow, type Reader, type Writer } from "../engine.js";
import { ValueReader } from "../values/value-reader.js";
import { ValueWriter } from "../values/value-writer.js";
import { key, lastNumber, TABLE } from "./keys.js";

/** Entries of one segment that follow each other, with the state of the segment before them, so that a cut needs no more than this. */
export interface EntriesRecord {
  readonly type: "entries";
  /** Position of the first entry. */
  readonly position: number;
  readonly segmentId: SegmentId;
  readonly firstIndex: number;
  readonly count: number;
  readonly commitMs: number;
  /** What the segment's head said before these entries. */
  readonly before: { readonly byteSize: number; readonly turnCount: bigint; readonly isInterrupted: boolean };
  /** The entries as they are sent: see model/entry-frames.ts. */
  readonly frames: Buffer;
}

/** One record of the feed. */
export type FeedRecord = EntriesRecord | FeedEvent;

const ENTRIES = 1;
const ENTRIES_INTERRUPTED = 2;
const SEGMENT_TRUNCATED = 3;
const SEGMENT_DELETED = 4;
const SESSION_DELETED = 5;

const FEED_PREFIX = key(TABLE.feed);

/** Puts a new record behind all others. */
export function appendRecord(writer: Writer, record: FeedRecord): void {
  const recordKey = keyOf(record.position);
  writer.append(recordKey, encode(recordKey, record));
}

/** Writes a record again with its first entries only. Their positions stay. */
export function cutRecord(writer: Writer, record: EntriesRecord, count: number): EntriesRecord {
  const cut = { ...record, count, frames: sliceFrames(record.frames, 0, count) as Buffer }; // a part of a Buffer is one
  const recordKey = keyOf(record.position);
  writer.put(recordKey, encode(recordKey, cut));
  return cut;
}

/** Removes a record. */
export function removeRecord(writer: Writer, position: number): void {
  writer.remove(keyOf(position));
}

/** The record that begins at a position. */
export function readRecord(reader: Reader, position: number): FeedRecord | undefined {
  const recordKey = keyOf(position);
  const value = reader.get(recordKey);
  return value === undefined ? undefined : decode(recordKey, value);
}

/** The last record that begins at or before a position. */
export function recordAtOrBelow(reader: Reader, position: number): FeedRecord | undefined {
  const found = foundAtOrBelow(reader, position);
  return found === undefined ? undefined : decodeRecord(found);
}

/** The same, not looked into yet. */
export function foundAtOrBelow(reader: Reader, position: number): KeyValue | undefined {
  return lastAtOrBelow(reader, keyOf(position), FEED_PREFIX);
}

/** Records that begin behind one position and up to another. */
export function* recordsBetween(reader: Reader, range: { readonly after: number; readonly upTo: number }): Iterable<FeedRecord> {
  for (const found of foundBetween(reader, range)) yield decodeRecord(found);
}

/** The same, not looked into yet. */
export function foundBetween(reader: Reader, range: { readonly after: number; readonly upTo: number }): Iterable<KeyValue> {
  return reader.range({ start: keyOf(range.after + 1), end: keyOf(range.upTo + 1) });
}

/**
 * Reads a record from a key and a value of the table.
 *
 * @throws BrokenSealError
 */
export function decodeRecord({ key: recordKey, value }: KeyValue): FeedRecord {
  return decode(recordKey, value);
}

/** The position that stands in a key of the table: of the first thing in its record. */
export function positionOfKey(recordKey: Buffer): number {
  return lastNumber(recordKey);
}

/** Position of the last thing in a record. */
export function lastPositionOf(record: FeedRecord): number {
  return record.type === "entries" ? record.position + record.count - 1 : record.position;
}

function keyOf(position: number): Buffer {
  return key(TABLE.feed, position);
}

function encode(recordKey: Uint8Array, record: FeedRecord): Buffer {
  const value = new ValueWriter();
  switch (record.type) {
    case "entries":
      value
        .u8(record.before.isInterrupted ? ENTRIES_INTERRUPTED : ENTRIES)
        .id(record.segmentId)
        .varint(record.firstIndex)
        .varint(record.count)
        .varint(record.commitMs)
        .varint(record.before.byteSize)
        .bigVarint(record.before.turnCount)
        .bytes(record.frames);
      break;
    case "segmentTruncated":
      value.u8(SEGMENT_TRUNCATED).id(record.sessionId).id(record.segmentId).varint(record.entryCount).namespace(record.namespace);
      break;
    case "segmentDeleted":
      value.u8(SEGMENT_DELETED).id(record.sessionId).id(record.segmentId).namespace(record.namespace);
      break;
    case "sessionDeleted":
      value.u8(SESSION_DELETED).id(record.sessionId).namespace(record.namespace);
      break;
    default:
      record satisfies never;
  }
  return value.sealedFor(recordKey);
}

function decode(recordKey: Buffer, value: Buffer): FeedRecord {
  const fields = new ValueReader(recordKey, value);
  const position = lastNumber(recordKey);
  const tag = fields.u8();
  switch (tag) {
    case ENTRIES:
    case ENTRIES_INTERRUPTED:
      return {
        type: "entries",
        position,
        segmentId: fields.segmentId(),
        firstIndex: fields.varint(),
        count: fields.varint(),
        commitMs: fields.varint(),
        before: {
          byteSize: fields.varint(),
          turnCount: fields.bigVarint(),
          isInterrupted: tag === ENTRIES_INTERRUPTED,
        },
        frames: fields.rest(),
      };
    case SEGMENT_TRUNCATED:
      return {
        type: "segmentTruncated",
        position,
        sessionId: fields.sessionId(),
        segmentId: fields.segmentId(),
        entryCount: fields.varint(),
        namespace: fields.namespace(),
      };
    case SEGMENT_DELETED: {
      const [sessionId, segmentId] = [fields.sessionId(), fields.segmentId()];
      return { type: "segmentDeleted", position, sessionId, segmentId, namespace: fields.namespace() };
    }
    case SESSION_DELETED:
      return { type: "sessionDeleted", position, sessionId: fields.sessionId(), namespace: fields.namespace() };
    default:
      throw new Error(`the feed has a record of unknown type ${tag} at position ${position}`);
  }
}
