import { sees } from "../../../model/namespace.js";
import type { FeedEvent, FeedScope, ScopeFate } from "../../feed.js";
import { segmentDeletionPosition, sessionDeletionPosition } from "../tables/deletion-marks.js";
import { readRecord } from "../tables/feed.js";
import { readPurges, removalOf } from "../tables/purges.js";
import { seenHead, seenSession } from "../tables/seen.js";
import type { View } from "../view.js";

type SegmentScope = Extract<FeedScope, { readonly type: "segment" }>;

/** What became of a scope. See SegmentStore.fateOf. */
export function fateOf(view: View, scope: FeedScope): ScopeFate {
  switch (scope.type) {
    case "store":
    case "namespace":
      return { exists: true, deletion: undefined };
    case "session":
      return {
        exists: seenSession(view, scope.sessionId) !== undefined,
        deletion: eventAt(view, sessionDeletionPosition(view, scope.sessionId)),
      };
    case "segment":
      return fateOfSegment(view, scope);
    default:
      return scope satisfies never;
  }
}

function fateOfSegment(view: View, scope: SegmentScope): ScopeFate {
  const head = seenHead(view, scope.segmentId);
  const removal = head === undefined ? undefined : removalOf(readPurges(view), head);
  const event = eventAt(view, removal?.eventPosition ?? segmentDeletionPosition(view, scope.segmentId));
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

/** What happened in another namespace to what had the same id has not happened for the caller. */
function eventAt(view: View, position: number | undefined): FeedEvent | undefined {
  const event = position === undefined ? undefined : readRecord(view, position);
  return event === undefined || event.type === "entries" || !sees(view.sight, event.namespace) ? undefined : event;
}
