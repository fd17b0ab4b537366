import { idBytes, type SegmentId, type SessionId } from "../../../model/id.js";
import type { Reader, Writer } from "../engine.js";
import { ValueReader } from "../values/value-reader.js";
import { ValueWriter } from "../values/value-writer.js";
import { key, TABLE } from "./keys.js";

/** A segment may have the id of a session: each has marks of its own. */
const OF_SEGMENT = Uint8Array.of(0);
const OF_SESSION = Uint8Array.of(1);

/** Marks that a segment was deleted, by itself or with its session, for those who come back to it. Kept as long as the store. */
export function markSegmentDeletion(writer: Writer, segmentId: SegmentId, position: number): void {
  mark(writer, segmentKey(segmentId), position);
}

/** Marks that a session was deleted. Kept as long as the store. */
export function markSessionDeletion(writer: Writer, sessionId: SessionId, position: number): void {
  mark(writer, sessionKey(sessionId), position);
}

/** Position of the event with which a segment was last deleted: its own, or that of the session that it was in. */
export function segmentDeletionPosition(reader: Reader, segmentId: SegmentId): number | undefined {
  return markAt(reader, segmentKey(segmentId));
}

/** Position of the last deletion of a session. */
export function sessionDeletionPosition(reader: Reader, sessionId: SessionId): number | undefined {
  return markAt(reader, sessionKey(sessionId));
}

function mark(writer: Writer, markKey: Buffer, position: number): void {
  writer.put(markKey, new ValueWriter().varint(position).sealedFor(markKey));
}

function markAt(reader: Reader, markKey: Buffer): number | undefined {
  const value = reader.get(markKey);
  return value === undefined ? undefined : new ValueReader(markKey, value).varint();
}

function segmentKey(segmentId: SegmentId): Buffer {
  return key(TABLE.deletionMarks, OF_SEGMENT, idBytes(segmentId));
}

function sessionKey(sessionId: SessionId): Buffer {
  return key(TABLE.deletionMarks, OF_SESSION, idBytes(sessionId));
}
