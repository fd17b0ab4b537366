import { ID_BYTES, idBytes, type SegmentId, type SessionId, segmentIdAt } from "../../../model/id.js";
import { type Reader, under, type Writer } from "../engine.js";
import { key, TABLE } from "./keys.js";

const EMPTY = Buffer.alloc(0);

/** Notes that a segment belongs to a session. */
export function addMember(writer: Writer, sessionId: SessionId, segmentId: SegmentId): void {
  writer.put(key(TABLE.membership, idBytes(sessionId), idBytes(segmentId)), EMPTY);
}

/** Forgets it. */
export function removeMember(writer: Writer, sessionId: SessionId, segmentId: SegmentId): void {
  writer.remove(key(TABLE.membership, idBytes(sessionId), idBytes(segmentId)));
}

/** The segments of a session by id, ascending; those that are being removed among them. */
export function* members(reader: Reader, sessionId: SessionId): Iterable<SegmentId> {
  for (const found of reader.range(under(key(TABLE.membership, idBytes(sessionId))))) {
    yield segmentIdAt(found.key, 1 + ID_BYTES);
  }
}
