import { sessionNotFound } from "../../../model/errors.js";
import type { SegmentId, SessionId } from "../../../model/id.js";
import { markSessionDeletion } from "../tables/deletion-marks.js";
import { neededCount, removeDependent } from "../tables/dependents.js";
import { appendRecord } from "../tables/feed.js";
import { members } from "../tables/membership.js";
import { removeSessionFromNamespace } from "../tables/namespaces.js";
import { liveHead } from "../tables/purges.js";
import { seenSession } from "../tables/seen.js";
import { addSessionEvent } from "../tables/session-events.js";
import { removeSession } from "../tables/sessions.js";
import type { Transaction } from "../transaction.js";
import { hasDependents } from "./has-dependents.js";
import { segmentToWrite } from "./live-segment.js";
import { beginPurge } from "./purge.js";

/** Deletes a segment that nothing is based on. See SegmentStore.deleteSegment. */
export function deleteSegment(tx: Transaction, params: { readonly segmentId: SegmentId }): void {
  const { sessionId, segmentId, namespace, base, byteSize, traceByteSize } = segmentToWrite(tx, params.segmentId);
  const needed = neededCount(tx, segmentId);
  if (needed > 0) throw hasDependents(segmentId, needed);

  const position = tx.takeEventPosition();
  appendRecord(tx, { type: "segmentDeleted", position, namespace, sessionId, segmentId });
  addSessionEvent(tx, sessionId, position);
  // It needs its base no longer, though its own records go later.
  if (base !== undefined) removeDependent(tx, base, segmentId);
  beginPurge(tx, { type: "segment", segmentId, eventPosition: position });
  tx.ledger.note(namespace, { bytes: -(byteSize + traceByteSize) });
  tx.grew(namespace, sessionId, segmentId);
}

/** Deletes a session with all its segments. See SegmentStore.deleteSession. */
export function deleteSession(tx: Transaction, params: { readonly sessionId: SessionId }): { readonly segmentCount: number } {
  const { sessionId } = params;
  const session = seenSession(tx, sessionId);
  if (session === undefined) throw sessionNotFound(sessionId);
  const { namespace } = session;
  const purges = tx.purges();
  let segmentCount = 0;
  let bytes = 0;
  for (const segmentId of members(tx, sessionId)) {
    const head = liveHead(tx, segmentId, purges);
    if (head === undefined) continue;
    segmentCount++;
    bytes += head.byteSize + head.traceByteSize;
  }

  const position = tx.takeEventPosition();
  appendRecord(tx, { type: "sessionDeleted", position, namespace, sessionId });
  addSessionEvent(tx, sessionId, position);
  markSessionDeletion(tx, { namespace, id: sessionId }, position);
  removeSession(tx, sessionId);
  removeSessionFromNamespace(tx, namespace, sessionId);
  beginPurge(tx, { type: "session", sessionId, eventPosition: position });
  tx.ledger.note(namespace, { sessions: -1, bytes: -bytes });
  tx.grew(namespace, sessionId, undefined);
  return { segmentCount };
}
