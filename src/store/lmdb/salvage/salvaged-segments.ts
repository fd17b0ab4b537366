import { ID_BYTES, type SegmentId, type SessionId, segmentIdAt, sessionIdAt } from "../../../model/id.js";
import { type Reader, under } from "../engine.js";
import { decodeRecord, type EntriesRecord } from "../tables/feed.js";
import { key, lastNumber, TABLE } from "../tables/keys.js";
import { namespaceRowAt } from "../tables/namespaces.js";
import { isCutOff, isGone, type Purge, readPurges } from "../tables/purges.js";
import { decodeHead, type SegmentHead } from "../tables/segment-heads.js";
import { BrokenSealError } from "../values/sealed.js";

/** What is left of a segment. */
export interface SalvagedSegment {
  readonly segmentId: SegmentId;
  /** Undefined where nothing intact says so. */
  sessionId: SessionId | undefined;
  /** Undefined where nothing intact says so. */
  namespace: string | undefined;
  /** Undefined where it is damaged: then nobody knows where the segment ended. */
  head: SegmentHead | undefined;
  /** Intact records, by index. */
  readonly records: RecordPlace[];
}

/** Where an intact record stands. */
export interface RecordPlace {
  readonly firstIndex: number;
  readonly count: number;
  readonly position: number;
}

/** Entries of a segment that are lost: from one index on and below another, which nobody may know. */
export interface LostRange {
  readonly from: number;
  readonly to: number | undefined;
}

/** The segments of a damaged store by id, with all of their records that prove intact. What was being removed is not among them. */
export function salvagedSegments(reader: Reader): readonly SalvagedSegment[] {
  const purges = intactPurges(reader);
  const segments = new Map<SegmentId, SalvagedSegment>();
  const of = (segmentId: SegmentId): SalvagedSegment => {
    const known = segments.get(segmentId) ?? { segmentId, sessionId: undefined, namespace: undefined, head: undefined, records: [] };
    segments.set(segmentId, known);
    return known;
  };
  for (const { segmentId, firstIndex, count, position } of intactRecords(reader, purges))
    of(segmentId).records.push({ firstIndex, count, position });
  for (const found of reader.range(under(key(TABLE.membership))))
    of(segmentIdAt(found.key, 1 + ID_BYTES)).sessionId = sessionIdAt(found.key, 1);
  for (const found of reader.range(under(key(TABLE.namespaces)))) {
    const row = namespaceRowAt(found.key);
    if (row.type === "segment") of(row.segmentId).namespace = row.namespace;
  }
  for (const found of reader.range(under(key(TABLE.segmentHeads)))) {
    const segment = of(segmentIdAt(found.key, 1));
    segment.head = intact(() => decodeHead(segment.segmentId, found.key, found.value));
    segment.sessionId = segment.head?.sessionId ?? segment.sessionId;
    segment.namespace = segment.head?.namespace ?? segment.namespace;
  }
  return [...segments.values()].filter((segment) => !isBeingRemoved(purges, segment)).sort((a, b) => (a.segmentId < b.segmentId ? -1 : 1));
}

/** What of a segment is missing between its records and up to its head. */
export function lostRanges({ head, records }: SalvagedSegment): readonly LostRange[] {
  const lost: LostRange[] = [];
  let next = 0;
  for (const { firstIndex, count } of records) {
    if (firstIndex > next) lost.push({ from: next, to: firstIndex });
    next = Math.max(next, firstIndex + count);
  }
  if (head === undefined) lost.push({ from: next, to: undefined });
  else if (next < head.entryCount) lost.push({ from: next, to: head.entryCount });
  return lost;
}

function* intactRecords(reader: Reader, purges: readonly Purge[]): Iterable<EntriesRecord> {
  for (const found of reader.range(under(key(TABLE.feed)))) {
    const record = intact(() => decodeRecord(found));
    if (record?.type === "entries" && record.position === lastNumber(found.key) && !isCutOff(purges, record)) yield record;
  }
}

/** Positions grow with indexes, so the feed gives each segment's records in order. */
function isBeingRemoved(purges: readonly Purge[], { head, segmentId, sessionId }: SalvagedSegment): boolean {
  if (head !== undefined) return isGone(purges, head);
  return purges.some((purge) =>
    purge.type === "session" ? purge.sessionId === sessionId : purge.type === "segment" && purge.segmentId === segmentId,
  );
}

function intactPurges(reader: Reader): readonly Purge[] {
  return intact(() => readPurges(reader)) ?? [];
}

function intact<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof BrokenSealError) return undefined;
    throw error;
  }
}
