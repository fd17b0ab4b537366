import type { FeedEvent, FeedScope, ScopeFate } from "../../feed.js";
import type { Reader } from "../engine.js";
import { segmentDeletionPosition, sessionDeletionPosition } from "../tables/deletion-marks.js";
import { readRecord } from "../tables/feed.js";
import { readPurges, removalOf } from "../tables/purges.js";
import { readHead } from "../tables/segment-heads.js";
import { readSession } from "../tables/sessions.js";

type SegmentScope = Extract<FeedScope, { readonly type: "segment" }>;

/** What became of a scope. See SegmentStore.fateOf. */
export function fateOf(reader: Reader, scope: FeedScope): ScopeFate {
  switch (scope.type) {
    case "store":
      return { exists: true, deletion: undefined };
    case "session":
      return {
        exists: readSession(reader, scope.sessionId) !== undefined,
        deletion: eventAt(reader, sessionDeletionPosition(reader, scope.sessionId)),
      };
    case "segment":
      return fateOfSegment(reader, scope);
    default:
      return scope satisfies never;
  }
}

function fateOfSegment(reader: Reader, scope: SegmentScope): ScopeFate {
  const head = readHead(reader, scope.segmentId);
  const removal = head === undefined ? undefined : removalOf(readPurges(reader), head);
  const event = eventAt(reader, removal?.eventPosition ?? segmentDeletionPosition(reader, scope.segmentId));
  return {
    exists: head !== undefined && removal === undefined && head.sessionId === scope.sessionId,
    deletion: event === undefined ? undefined : inWordsOf(scope, event),
  };
}

/** Where a segment went with a session that is not the scope's, it is the segment's deletion that the scope has to tell. */
function inWordsOf({ sessionId, segmentId }: SegmentScope, event: FeedEvent): FeedEvent {
  const isOfAnotherSession = event.type === "sessionDeleted" && event.sessionId !== sessionId;
  return isOfAnotherSession ? { ...event, type: "segmentDeleted", segmentId } : event;
}

function eventAt(reader: Reader, position: number | undefined): FeedEvent | undefined {
  const event = position === undefined ? undefined : readRecord(reader, position);
  return event === undefined || event.type === "entries" ? undefined : event;
}
