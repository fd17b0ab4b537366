import { checksumMismatch } from "../../../model/errors.js";
import { idBytes, type SegmentId, type SessionId, segmentIdAt, sessionIdAt } from "../../../model/id.js";
import { sees } from "../../../model/namespace.js";
import type { SegmentInfo, SessionInfo } from "../../segment-info.js";
import type { ListRange, SessionRange } from "../../store-reads.js";
import type { KeyRange } from "../engine.js";
import { key, keyAfter, TABLE } from "../tables/keys.js";
import { members } from "../tables/membership.js";
import { segmentsOfNamespace, sessionsOfNamespace } from "../tables/namespaces.js";
import { isGone, type Purge, readPurges } from "../tables/purges.js";
import { seenHead, seenSession } from "../tables/seen.js";
import { decodeHead, type SegmentHead } from "../tables/segment-heads.js";
import type { View } from "../view.js";

/** Lists segments by id, descending. See SegmentStore.listSegments. */
export function listSegments(view: View, range: ListRange<SegmentId> & { readonly sessionId?: SessionId }): readonly SegmentInfo[] {
  const { sessionId, limit } = range;
  if (sessionId !== undefined && seenSession(view, sessionId) === undefined) return [];
  const purges = readPurges(view);
  return firstOf(sessionId === undefined ? allSegments(view, range, purges) : segmentsOf(view, range, sessionId, purges), limit);
}

/** Lists sessions by id, descending. See SegmentStore.listSessions. */
export function listSessions(view: View, range: SessionRange): readonly SessionInfo[] {
  const { seesAll, namespace } = view.sight;
  if (range.namespace !== undefined && !sees(view.sight, range.namespace)) return [];
  const only = range.namespace ?? (seesAll ? undefined : namespace);
  const found = only === undefined ? allSessions(view, range) : sessionsUnder(view, sessionsOfNamespace(only), range);
  return firstOf(found, range.limit);
}

/** Describes a session by what its segments add up to. */
export function sessionInfo(view: View, sessionId: SessionId, purges = readPurges(view)): SessionInfo | undefined {
  const session = seenSession(view, sessionId);
  if (session === undefined) return undefined;
  let info: SessionInfo = {
    sessionId,
    namespace: session.namespace,
    createMs: session.createMs,
    updateMs: session.createMs,
    segmentCount: 0,
    entryCount: 0,
    headSegmentId: undefined,
  };
  let headPosition = 0;
  for (const segmentId of members(view, sessionId)) {
    const head = memberHead(view, segmentId, purges);
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

/** All that is seen: each by its head, where that is all there are, or by the rows of the namespace. */
function* allSegments(view: View, range: ListRange<SegmentId>, purges: readonly Purge[]): Iterable<SegmentInfo> {
  const { seesAll, namespace } = view.sight;
  if (!seesAll) {
    yield* segmentsUnder(view, segmentsOfNamespace(namespace), range, purges);
    return;
  }
  for (const found of view.range(descending(key(TABLE.segmentHeads), range))) {
    const head = decodeHead(segmentIdAt(found.key, 1), found.key, found.value);
    if (!isGone(purges, head)) yield head;
  }
}

function segmentsOf(view: View, range: ListRange<SegmentId>, sessionId: SessionId, purges: readonly Purge[]): Iterable<SegmentInfo> {
  return segmentsUnder(view, key(TABLE.membership, idBytes(sessionId)), range, purges);
}

/** The segments whose ids stand behind a prefix. */
function* segmentsUnder(view: View, prefix: Buffer, range: ListRange<SegmentId>, purges: readonly Purge[]): Iterable<SegmentInfo> {
  for (const found of view.range(descending(prefix, range))) {
    const head = memberHead(view, segmentIdAt(found.key, prefix.length), purges);
    if (head !== undefined) yield head;
  }
}

/**
 * The head of a segment that is listed; undefined where it is being removed.
 *
 * @throws SeglogError CHECKSUM_MISMATCH where there is none: head and list go in one commit
 */
function memberHead(view: View, segmentId: SegmentId, purges: readonly Purge[]): SegmentHead | undefined {
  const head = seenHead(view, segmentId);
  if (head === undefined) throw checksumMismatch({ segmentId, index: undefined });
  return isGone(purges, head) ? undefined : head;
}

function allSessions(view: View, range: ListRange<SessionId>): Iterable<SessionInfo> {
  return sessionsUnder(view, key(TABLE.sessions), range);
}

/** The sessions whose ids stand behind a prefix. */
function* sessionsUnder(view: View, prefix: Buffer, range: ListRange<SessionId>): Iterable<SessionInfo> {
  const purges = readPurges(view);
  for (const found of view.range(descending(prefix, range))) {
    const info = sessionInfo(view, sessionIdAt(found.key, prefix.length), purges);
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
