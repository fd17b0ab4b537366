import type { SegmentId, SessionId } from "../../../model/id.js";
import type { Reader, Writer } from "../engine.js";
import { ValueReader } from "../values/value-reader.js";
import { ValueWriter } from "../values/value-writer.js";
import type { View } from "../view.js";
import type { EntriesRecord } from "./feed.js";
import { key, TABLE } from "./keys.js";
import { seenHead } from "./seen.js";
import type { SegmentHead } from "./segment-heads.js";

/**
 * A removal that is decided and under way: its event is in the feed, the records go in small steps.
 * What it covers is gone for readers from the event on, and waits for writers until it is removed.
 *
 *   session   all of a session's segments
 *   segment   all of a segment
 *   tail      a segment's entries from an index on, as they were before the event
 */
export type Purge =
  | { readonly type: "session"; readonly sessionId: SessionId; readonly eventPosition: number }
  | { readonly type: "segment"; readonly segmentId: SegmentId; readonly eventPosition: number }
  | { readonly type: "tail"; readonly segmentId: SegmentId; readonly fromIndex: number; readonly eventPosition: number };

const PURGES_KEY = key(TABLE.purges);
const TYPES = ["session", "segment", "tail"] as const;

/** The removals that are under way, oldest first. Nearly always none. */
export function readPurges(reader: Reader): readonly Purge[] {
  const value = reader.get(PURGES_KEY);
  if (value === undefined) return [];
  const fields = new ValueReader(PURGES_KEY, value);
  const purges: Purge[] = [];
  while (!fields.isAtEnd) purges.push(decodePurge(fields));
  return purges;
}

/** Writes which removals are under way. */
export function writePurges(writer: Writer, purges: readonly Purge[]): void {
  if (purges.length === 0) {
    writer.remove(PURGES_KEY);
    return;
  }
  const value = new ValueWriter();
  for (const purge of purges) encodePurge(value, purge);
  writer.put(PURGES_KEY, value.sealedFor(PURGES_KEY));
}

/** The removal of a segment as a whole, where one is under way. */
export function removalOf(purges: readonly Purge[], head: SegmentHead): Purge | undefined {
  return purges.find(
    (purge) =>
      (purge.type === "segment" && purge.segmentId === head.segmentId) || (purge.type === "session" && purge.sessionId === head.sessionId),
  );
}

/** Whether a segment as a whole is being removed. */
export function isGone(purges: readonly Purge[], head: SegmentHead): boolean {
  return removalOf(purges, head) !== undefined;
}

/** Whether a record's entries were cut off their segment and wait to be removed. */
export function isCutOff(purges: readonly Purge[], record: EntriesRecord): boolean {
  return purges.some(
    (purge) =>
      purge.type === "tail" &&
      purge.segmentId === record.segmentId &&
      record.firstIndex >= purge.fromIndex &&
      record.position < purge.eventPosition,
  );
}

/** A segment's head as a caller sees it; undefined where there is none, or it is being removed. */
export function liveHead(view: View, segmentId: SegmentId, purges = readPurges(view)): SegmentHead | undefined {
  const head = seenHead(view, segmentId);
  return head === undefined || isGone(purges, head) ? undefined : head;
}

function encodePurge(value: ValueWriter, purge: Purge): void {
  value.u8(TYPES.indexOf(purge.type)).varint(purge.eventPosition);
  value.id(purge.type === "session" ? purge.sessionId : purge.segmentId);
  if (purge.type === "tail") value.varint(purge.fromIndex);
}

function decodePurge(fields: ValueReader): Purge {
  const type = TYPES[fields.u8()];
  const eventPosition = fields.varint();
  switch (type) {
    case "session":
      return { type, eventPosition, sessionId: fields.sessionId() };
    case "segment":
      return { type, eventPosition, segmentId: fields.segmentId() };
    case "tail":
      return { type, eventPosition, segmentId: fields.segmentId(), fromIndex: fields.varint() };
    default:
      throw new Error("a removal under way has an unknown type");
  }
}
