import type { FeedEvent, FeedScope, ScopeFate } from "../../segment-store.js";
import type { Reader } from "../engine.js";
import { segmentDeletionPosition, sessionDeletionPosition } from "../tables/deletion-marks.js";
import { readRecord } from "../tables/feed.js";
import { liveHead } from "../tables/purges.js";
import { readSession } from "../tables/sessions.js";

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
    case "segment": {
      const own = segmentDeletionPosition(reader, scope.segmentId) ?? 0;
      const ofSession = sessionDeletionPosition(reader, scope.sessionId) ?? 0;
      const deletion = eventAt(reader, Math.max(own, ofSession));
      return { exists: liveHead(reader, scope.segmentId)?.sessionId === scope.sessionId, deletion };
    }
    default:
      return scope satisfies never;
  }
}

function eventAt(reader: Reader, position: number | undefined): FeedEvent | undefined {
  const event = position === undefined ? undefined : readRecord(reader, position);
  return event === undefined || event.type === "entries" ? undefined : event;
}
