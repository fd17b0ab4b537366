import { idBytes, type SessionId } from "../../../model/id.js";
import type { Reader, Writer } from "../engine.js";
import { key, lastNumber, TABLE } from "./keys.js";

const EMPTY = Buffer.alloc(0);

/** Notes that the feed has an event of a session at a position. */
export function addSessionEvent(writer: Writer, sessionId: SessionId, position: number): void {
  writer.put(key(TABLE.sessionEvents, idBytes(sessionId), position), EMPTY);
}

/** Positions of a session's events behind one position and up to another. */
export function* sessionEventPositions(
  reader: Reader,
  sessionId: SessionId,
  range: { readonly after: number; readonly upTo: number },
): Iterable<number> {
  const session = idBytes(sessionId);
  const start = key(TABLE.sessionEvents, session, range.after + 1);
  const end = key(TABLE.sessionEvents, session, range.upTo + 1);
  for (const found of reader.range({ start, end })) yield lastNumber(found.key);
}
