import { DEFAULT_NAMESPACE } from "../../../model/caller.js";
import { idBytes, type SegmentId, type SessionId } from "../../../model/id.js";
import { under, type Writer } from "../engine.js";
import { ValueReader } from "../values/value-reader.js";
import { ValueWriter } from "../values/value-writer.js";
import type { View } from "../view.js";
import { key, TABLE } from "./keys.js";

/** A segment may have the id of a session: each has marks of its own. */
const OF_SEGMENT = Uint8Array.of(0);
const OF_SESSION = Uint8Array.of(1);

/** What was deleted, and in which namespace: its id may be used in another one since, and each keeps the mark of its own. */
interface Deleted<Id> {
  readonly namespace: string;
  readonly id: Id;
}

/** Marks that a segment was deleted, by itself or with its session, for those who come back to it. Kept as long as the store. */
export function markSegmentDeletion(writer: Writer, { namespace, id }: Deleted<SegmentId>, position: number): void {
  mark(writer, keyOf(segmentPrefix(id), namespace), position);
}

/** Marks that a session was deleted. Kept as long as the store. */
export function markSessionDeletion(writer: Writer, { namespace, id }: Deleted<SessionId>, position: number): void {
  mark(writer, keyOf(sessionPrefix(id), namespace), position);
}

/** Position of the event with which a segment that the caller saw was last deleted: its own, or that of the session that it was in. */
export function segmentDeletionPosition(view: View, segmentId: SegmentId): number | undefined {
  return seenMark(view, segmentPrefix(segmentId));
}

/** Position of the last deletion of a session that the caller saw. */
export function sessionDeletionPosition(view: View, sessionId: SessionId): number | undefined {
  return seenMark(view, sessionPrefix(sessionId));
}

function mark(writer: Writer, markKey: Buffer, position: number): void {
  writer.put(markKey, new ValueWriter().varint(position).sealedFor(markKey));
}

function seenMark(view: View, prefix: Buffer): number | undefined {
  if (!view.sight.seesAll) {
    const markKey = keyOf(prefix, view.sight.namespace);
    const value = view.get(markKey);
    return value === undefined ? undefined : positionIn(markKey, value);
  }
  let last: number | undefined;
  for (const { key: markKey, value } of view.range(under(prefix))) last = Math.max(last ?? 0, positionIn(markKey, value));
  return last;
}

function positionIn(markKey: Uint8Array, value: Buffer): number {
  return new ValueReader(markKey, value).varint();
}

/** The default namespace is left out, as in values. */
function keyOf(prefix: Buffer, namespace: string): Buffer {
  return namespace === DEFAULT_NAMESPACE ? prefix : Buffer.concat([prefix, Buffer.from(namespace, "latin1")]);
}

function segmentPrefix(segmentId: SegmentId): Buffer {
  return key(TABLE.deletionMarks, OF_SEGMENT, idBytes(segmentId));
}

function sessionPrefix(sessionId: SessionId): Buffer {
  return key(TABLE.deletionMarks, OF_SESSION, idBytes(sessionId));
}
