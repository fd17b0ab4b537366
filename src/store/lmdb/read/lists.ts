import { ID_BYTES, idBytes, type SegmentId, type SessionId, segmentIdAt, sessionIdAt } from "../../../model/id.js";
import type { SegmentInfo, SessionInfo } from "../../segment-info.js";
import type { ListRange } from "../../store-reads.js";
import type { KeyRange, Reader } from "../engine.js";
import { key, keyAfter, TABLE } from "../tables/keys.js";
import { members } from "../tables/membership.js";
import { isGone, liveHead, type Purge, readPurges } from "../tables/purges.js";
import { decodeHead } from "../tables/segment-heads.js";
import { readSession } from "../tables/sessions.js";

/** Lists segments by id, descending. See SegmentStore.listSegments. */
export function listSegments(reader: Reader, range: ListRange<SegmentId> & { readonly sessionId?: SessionId }): readonly SegmentInfo[] {
  const { sessionId, limit } = range;
  if (sessionId !== undefined && readSession(reader, sessionId) === undefined) return [];
  const purges = readPurges(reader);
  const found = sessionId === undefined ? allSegments(reader, range, purges) : segmentsOf(reader, range, sessionId, purges);
  return firstOf(found, limit);
}

/** Lists sessions by id, descending. See SegmentStore.listSessions. */
export function listSessions(reader: Reader, range: ListRange<SessionId>): readonly SessionInfo[] {
  return firstOf(allSessions(reader, range), range.limit);
}

/** Describes a session by what its segments add up to. */
export function sessionInfo(reader: Reader, sessionId: SessionId, purges = readPurges(reader)): SessionInfo | undefined {
  const session = readSession(reader, sessionId);
  if (session === undefined) return undefined;
  let info: SessionInfo = {
    sessionId,
    createMs: session.createMs,
    updateMs: session.createMs,
    segmentCount: 0,
    entryCount: 0,
    headSegmentId: undefined,
  };
  let headPosition = 0;
  for (const segmentId of members(reader, sessionId)) {
    const head = liveHead(reader, segmentId, purges);
    if (head === undefined) continue;
    const isHead = head.headPosition > headPosition;
    headPosition = Math.max(headPosition, head.headPosition);
    info = {
      ...info,
      updateMs: Math.max(info.updateMs, head.updateMs),
      segmentCount: info.segmentCount + 1,
      entryCount: info.entryCount + head.entryCount,
      headSegmentId: isHead ? segmentId : info.headSegmentId,
    };
  }
  return info;
}

function* allSegments(reader: Reader, range: ListRange<SegmentId>, purges: readonly Purge[]): Iterable<SegmentInfo> {
  for (const found of reader.range(descending(key(TABLE.segmentHeads), range))) {
    const head = decodeHead(segmentIdAt(found.key, 1), found.key, found.value);
    if (!isGone(purges, head)) yield head;
  }
}

function* segmentsOf(reader: Reader, range: ListRange<SegmentId>, sessionId: SessionId, purges: readonly Purge[]): Iterable<SegmentInfo> {
  for (const found of reader.range(descending(key(TABLE.membership, idBytes(sessionId)), range))) {
    const head = liveHead(reader, segmentIdAt(found.key, 1 + ID_BYTES), purges);
    if (head !== undefined) yield head;
  }
}

function* allSessions(reader: Reader, range: ListRange<SessionId>): Iterable<SessionInfo> {
  const purges = readPurges(reader);
  for (const found of reader.range(descending(key(TABLE.sessions), range))) {
    const info = sessionInfo(reader, sessionIdAt(found.key, 1), purges);
    if (info !== undefined) yield info;
  }
}

/** The keys behind `prefix` of a range of ids, from the highest down. */
function descending(prefix: Buffer, range: ListRange<SegmentId | SessionId>): KeyRange {
  const highest = range.to === undefined ? keyAfter(prefix) : Buffer.concat([prefix, idBytes(range.to)]);
  const below = range.before === undefined ? undefined : keyBelow(prefix, range.before);
  const lowest = range.from === undefined ? prefix : keyBelow(prefix, range.from);
  return { start: below !== undefined && below.compare(highest) < 0 ? below : highest, end: lowest, reverse: true };
}

/** The key just below that of an id: of the id before it, or of none where it is the lowest. */
function keyBelow(prefix: Buffer, id: SegmentId | SessionId): Buffer {
  const bytes = Buffer.concat([prefix, idBytes(id)]);
  for (let i = bytes.length - 1; i >= prefix.length; i--) {
    const byte = bytes[i] ?? 0;
    bytes[i] = byte === 0 ? 0xff : byte - 1;
    if (byte !== 0) return bytes;
  }
  return prefix;
}

function firstOf<T>(found: Iterable<T>, limit: number): readonly T[] {
  const page: T[] = [];
  if (limit <= 0) return page;
  for (const item of found) {
    page.push(item);
    if (page.length === limit) break;
  }
  return page;
}
