import { idBytes, type SessionId } from "../../../model/id.js";
import type { Reader, Writer } from "../engine.js";
import { ValueReader } from "../values/value-reader.js";
import { ValueWriter } from "../values/value-writer.js";
import { key, TABLE } from "./keys.js";

/** What the store keeps about a session itself; the rest adds up from its segments. */
export interface SessionRecord {
  readonly createMs: number;
  /** Left out in the value where it is the default one, as in those of segments and events. */
  readonly namespace: string;
}

/** Reads a session; undefined where there is none, or not any more. */
export function readSession(reader: Reader, sessionId: SessionId): SessionRecord | undefined {
  const sessionKey = keyOf(sessionId);
  const value = reader.get(sessionKey);
  if (value === undefined) return undefined;
  const fields = new ValueReader(sessionKey, value);
  return { createMs: fields.varint(), namespace: fields.namespace() };
}

/** Writes a session. */
export function writeSession(writer: Writer, sessionId: SessionId, session: SessionRecord): void {
  const sessionKey = keyOf(sessionId);
  writer.put(sessionKey, new ValueWriter().varint(session.createMs).namespace(session.namespace).sealedFor(sessionKey));
}

/** Removes a session: from here on it is gone, while its segments are removed step by step. */
export function removeSession(writer: Writer, sessionId: SessionId): void {
  writer.remove(keyOf(sessionId));
}

function keyOf(sessionId: SessionId): Buffer {
  return key(TABLE.sessions, idBytes(sessionId));
}
