import { checksumMismatch } from "../../../model/errors.js";
import { sees } from "../../../model/namespace.js";
import type { FeedEvent, FeedItem, FeedRange, FeedScope } from "../../feed.js";
import type { Reader } from "../engine.js";
import { readRecord } from "../tables/feed.js";
import { liveHead, readPurges } from "../tables/purges.js";
import type { SegmentHead } from "../tables/segment-heads.js";
import { recordAt, startAtOrBelow, startsBetween } from "../tables/segment-index.js";
import { sessionEventPositions } from "../tables/session-events.js";
import type { View } from "../view.js";
import { firstPositionOf, runsBehind } from "./feed-items.js";
import { grownSegments } from "./grown-segments.js";

type SegmentsScope = Extract<FeedScope, { readonly sessionId: unknown }>;

/** A source of feed items in order of position, with its next one at hand. */
interface Source {
  next: FeedItem;
  readonly rest: Generator<FeedItem>;
}

/** The feed of one segment or one session: its segments and its events, merged by position. */
export function* feedOfSegments(view: View, scope: SegmentsScope, range: FeedRange): Iterable<FeedItem> {
  const sources: Source[] = [];
  const begun: Generator<FeedItem>[] = [];
  const add = (rest: Generator<FeedItem>) => {
    begun.push(rest);
    const first = rest.next();
    if (!first.done) insert(sources, { next: first.value, rest });
  };
  try {
    add(eventsOf(view, scope, range));
    for (const head of headsWithin(view, scope, range)) add(entriesOf(view, head, range));

    for (let source = sources.shift(); source !== undefined; source = sources.shift()) {
      yield source.next;
      const following = source.rest.next();
      if (!following.done) insert(sources, { next: following.value, rest: source.rest });
    }
  } finally {
    // A page ends in the middle. A range that is left open would pin what it read, and the file would grow.
    for (const rest of begun) rest.return(undefined);
  }
}

/** The segments in scope that may have anything in a range. */
function* headsWithin(view: View, scope: SegmentsScope, range: FeedRange): Iterable<SegmentHead> {
  const purges = readPurges(view);
  const segmentIds = scope.type === "segment" ? [scope.segmentId] : grownSegments(view, scope.sessionId, range);
  for (const segmentId of segmentIds) {
    const head = liveHead(view, segmentId, purges);
    if (head !== undefined && head.sessionId === scope.sessionId && head.headPosition > range.afterPosition) yield head;
  }
}

function* entriesOf(reader: Reader, head: SegmentHead, range: FeedRange): Generator<FeedItem> {
  const first = indexBehind(reader, head, range.afterPosition);
  const begin = startAtOrBelow(reader, head.segmentId, first)?.index ?? first;
  let next = begin;
  for (const start of startsBetween(reader, head.segmentId, { from: begin, to: head.entryCount })) {
    // Looked up before its position is believed: one that is damaged must not pass for the end.
    const record = recordAt(reader, head.segmentId, start);
    if (record.firstIndex !== next) throw checksumMismatch({ segmentId: head.segmentId, index: next });
    if (record.position > range.upToPosition) return;
    yield* runsBehind(head.sessionId, record, range);
    next = record.firstIndex + record.count;
  }
  if (next < head.entryCount) throw checksumMismatch({ segmentId: head.segmentId, index: next });
}

/**
 * An index from which on all entries behind a position are found: that of the last record that
 * begins at or before it. In a segment positions grow with indexes, so it can be searched by halves.
 */
function indexBehind(reader: Reader, head: SegmentHead, position: number): number {
  // Who follows is nearly always at the last record or two.
  const last = startAtOrBelow(reader, head.segmentId, head.entryCount - 1);
  if (last === undefined || last.position <= position) return last?.index ?? 0;
  let low = 0;
  let high = last.index;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const start = startAtOrBelow(reader, head.segmentId, middle);
    if (start === undefined || start.position <= position) low = middle + 1;
    else high = Math.min(start.index, middle);
  }
  return Math.max(0, low - 1);
}

function* eventsOf(view: View, scope: SegmentsScope, range: FeedRange): Generator<FeedEvent> {
  const after = Math.max(range.afterPosition, range.eventsAfterPosition);
  for (const position of sessionEventPositions(view, scope.sessionId, { after, upTo: range.upToPosition })) {
    const event = readRecord(view, position);
    if (event === undefined || event.type === "entries") throw checksumMismatch({ segmentId: undefined, index: undefined });
    if (concerns(event, scope) && sees(view.sight, event.namespace)) yield event;
  }
}

function concerns(event: FeedEvent, scope: SegmentsScope): boolean {
  return scope.type === "session" || event.type === "sessionDeleted" || event.segmentId === scope.segmentId;
}

/** Keeps the sources in order of what they give next. */
function insert(sources: Source[], source: Source): void {
  let low = 0;
  let high = sources.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = sources[middle];
    if (there !== undefined && firstPositionOf(there.next) < firstPositionOf(source.next)) low = middle + 1;
    else high = middle;
  }
  sources.splice(low, 0, source);
}
