import { ID_BYTES, idBytes, type SegmentId, type SessionId, segmentIdAt, sessionIdAt } from "../../../model/id.js";
import type { Reader, Writer } from "../engine.js";
import { key, TABLE } from "./keys.js";

/** A segment may have the id of a session: each has rows of its own. */
const OF_SEGMENT = 0;
const OF_SESSION = 1;

/** Stands behind a name, in which it never stands. */
const END_OF_NAME = 0;

const EMPTY = Buffer.alloc(0);

/** Notes that a segment belongs to a namespace. */
export function addSegmentToNamespace(writer: Writer, namespace: string, segmentId: SegmentId): void {
  writer.put(Buffer.concat([segmentsOfNamespace(namespace), idBytes(segmentId)]), EMPTY);
}

/** Forgets it. */
export function removeSegmentFromNamespace(writer: Writer, namespace: string, segmentId: SegmentId): void {
  writer.remove(Buffer.concat([segmentsOfNamespace(namespace), idBytes(segmentId)]));
}

/** Notes that a session belongs to a namespace. */
export function addSessionToNamespace(writer: Writer, namespace: string, sessionId: SessionId): void {
  writer.put(Buffer.concat([sessionsOfNamespace(namespace), idBytes(sessionId)]), EMPTY);
}

/** Forgets it. */
export function removeSessionFromNamespace(writer: Writer, namespace: string, sessionId: SessionId): void {
  writer.remove(Buffer.concat([sessionsOfNamespace(namespace), idBytes(sessionId)]));
}

/** Whether a segment's row says that it belongs to a namespace. */
export function isSegmentOfNamespace(reader: Reader, namespace: string, segmentId: SegmentId): boolean {
  return reader.get(Buffer.concat([segmentsOfNamespace(namespace), idBytes(segmentId)])) !== undefined;
}

/** Whether a session's row says that it belongs to a namespace. */
export function isSessionOfNamespace(reader: Reader, namespace: string, sessionId: SessionId): boolean {
  return reader.get(Buffer.concat([sessionsOfNamespace(namespace), idBytes(sessionId)])) !== undefined;
}

/** A row: which namespace has which segment or session. */
export type NamespaceRow = { readonly namespace: string } & (
  | { readonly type: "segment"; readonly segmentId: SegmentId }
  | { readonly type: "session"; readonly sessionId: SessionId }
);

/** The row with a key. */
export function namespaceRowAt(rowKey: Buffer): NamespaceRow {
  const idAt = rowKey.length - ID_BYTES;
  const namespace = rowKey.toString("latin1", 1, idAt - 2);
  return rowKey[idAt - 1] === OF_SEGMENT
    ? { type: "segment", namespace, segmentId: segmentIdAt(rowKey, idAt) }
    : { type: "session", namespace, sessionId: sessionIdAt(rowKey, idAt) };
}

/** What the keys of a namespace's segments begin with; their ids follow. */
export function segmentsOfNamespace(namespace: string): Buffer {
  return prefixOf(namespace, OF_SEGMENT);
}

/** What the keys of a namespace's sessions begin with; their ids follow. */
export function sessionsOfNamespace(namespace: string): Buffer {
  return prefixOf(namespace, OF_SESSION);
}

function prefixOf(namespace: string, kind: number): Buffer {
  return key(TABLE.namespaces, Buffer.from(namespace, "latin1"), Uint8Array.of(END_OF_NAME, kind));
}
