import { idBytes, type SegmentId, type SessionId } from "../../../model/id.js";
import type { FeedEvent } from "../../segment-store.js";
import type { Reader, Writer } from "../engine.js";
import { ValueReader } from "../values/value-reader.js";
import { ValueWriter } from "../values/value-writer.js";
import { key, TABLE } from "./keys.js";

/** A segment may have the id of a session: each has marks of its own. */
const OF_SEGMENT = Uint8Array.of(0);
const OF_SESSION = Uint8Array.of(1);

/** Marks the deletion of a segment or a session, for those who come back to it. Kept as long as the store. */
export function markDeletion(writer: Writer, event: Exclude<FeedEvent, { readonly type: "segmentTruncated" }>): void {
  const markKey = event.type === "segmentDeleted" ? segmentKey(event.segmentId) : sessionKey(event.sessionId);
  writer.put(markKey, new ValueWriter().varint(event.position).sealedFor(markKey));
}

/** Position of the last deletion of a segment, the deletions of its session aside. */
export function segmentDeletionPosition(reader: Reader, segmentId: SegmentId): number | undefined {
  return markAt(reader, segmentKey(segmentId));
}

/** Position of the last deletion of a session. */
export function sessionDeletionPosition(reader: Reader, sessionId: SessionId): number | undefined {
  return markAt(reader, sessionKey(sessionId));
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
