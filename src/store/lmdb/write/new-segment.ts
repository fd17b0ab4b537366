import { SeglogError, sessionNotFound } from "../../../model/errors.js";
import type { SegmentId, SessionId } from "../../../model/id.js";
import { type Sight, sees } from "../../../model/namespace.js";
import type { NewEntry } from "../../../model/new-entry.js";
import type { Base, Origin } from "../../segment-info.js";
import { addDependent } from "../tables/dependents.js";
import { addMember } from "../tables/membership.js";
import { addSegmentToNamespace, addSessionToNamespace } from "../tables/namespaces.js";
import type { Purge } from "../tables/purges.js";
import { readHead, type SegmentHead } from "../tables/segment-heads.js";
import { readSession, writeSession } from "../tables/sessions.js";
import { PurgePendingError, type Transaction } from "../transaction.js";
import { bytesOf, growSegment } from "./add-entries.js";

/** Whether a new segment's session must be new, must be there, or may be either. */
export type SessionRule = "new" | "any" | "existing";

/** What a new segment starts with. */
export interface NewSegment {
  readonly sessionId: SessionId;
  readonly segmentId: SegmentId;
  readonly entries: readonly NewEntry[];
  readonly forkedFrom?: Origin | undefined;
  readonly compactedFrom?: Origin | undefined;
  readonly base?: Base | undefined;
  /** Bases above it. */
  readonly depth: number;
}

/**
 * Checks that a segment can be created, and writes nothing. Ids are one for all namespaces: that one is taken in another
 * shows in the refusal, and nothing else of who has it.
 *
 * @throws SeglogError SEGMENT_EXISTS, SESSION_EXISTS, SESSION_NOT_FOUND
 * @throws PurgePendingError while one of the same id is being removed
 */
export function checkNewSegment(
  tx: Transaction,
  segment: { readonly sessionId: SessionId; readonly segmentId: SegmentId },
  rule: SessionRule,
): void {
  const { sessionId, segmentId } = segment;
  const taken = readHead(tx, segmentId);
  if (tx.purges().some((purge) => isInTheWay(purge, { sessionId, segmentId, taken }))) throw new PurgePendingError();
  if (taken !== undefined) throw segmentExists(taken, tx.sight);
  const session = readSession(tx, sessionId);
  const isSeen = session !== undefined && sees(tx.sight, session.namespace);
  if (rule === "existing" && !isSeen) throw sessionNotFound(sessionId);
  if (session !== undefined && (rule === "new" || !isSeen)) {
    throw new SeglogError("SESSION_EXISTS", `session ${sessionId} exists already`, { metadata: { session_id: sessionId } });
  }
}

/** An id is taken. Where it is taken those only are told who see that. */
export function segmentExists({ segmentId, sessionId, namespace }: SegmentHead, sight: Sight): SeglogError {
  if (!sees(sight, namespace)) {
    return new SeglogError("SEGMENT_EXISTS", `segment ${segmentId} exists already`, { metadata: { segment_id: segmentId } });
  }
  return new SeglogError("SEGMENT_EXISTS", `segment ${segmentId} exists already, in session ${sessionId}`, {
    metadata: { segment_id: segmentId, session_id: sessionId },
  });
}

/**
 * Whether a removal would take a new segment with it, or still has to remove what has its id. A removal of a segment
 * or of its tail is in the way even where the head is gone: it goes by the id alone, and another one may have been faster.
 */
function isInTheWay(
  purge: Purge,
  segment: { readonly sessionId: SessionId; readonly segmentId: SegmentId; readonly taken: SegmentHead | undefined },
): boolean {
  if (purge.type === "session") return purge.sessionId === segment.sessionId || purge.sessionId === segment.taken?.sessionId;
  return purge.segmentId === segment.segmentId && (purge.type === "segment" || segment.taken === undefined);
}

/**
 * Writes a new segment, and its session, in the caller's namespace, where that is new too. To be checked before.
 *
 * @throws SeglogError QUOTA_EXCEEDED, before anything is written
 */
export function addSegment(tx: Transaction, segment: NewSegment): SegmentHead {
  const { sessionId, segmentId, base, entries } = segment;
  const session = readSession(tx, sessionId);
  const namespace = session?.namespace ?? tx.sight.namespace;
  tx.ledger.charge(namespace, { sessions: session === undefined ? 1 : 0, entries: entries.length, bytes: bytesOf(entries) });
  if (session === undefined) addSession(tx, namespace, sessionId);
  addMember(tx, sessionId, segmentId);
  addSegmentToNamespace(tx, namespace, segmentId);
  if (base !== undefined) addDependent(tx, base, segmentId);
  const empty: SegmentHead = {
    segmentId,
    sessionId,
    namespace,
    entryCount: 0,
    openingCount: 0,
    headPosition: 0,
    turnCount: 0n,
    lastRunInterrupted: false,
    byteSize: 0,
    traceByteSize: 0,
    createMs: tx.nowMs,
    updateMs: tx.nowMs,
    forkedFrom: segment.forkedFrom,
    compactedFrom: segment.compactedFrom,
    base,
    depth: segment.depth,
  };
  return growSegment(tx, empty, entries);
}

function addSession(tx: Transaction, namespace: string, sessionId: SessionId): void {
  writeSession(tx, sessionId, { createMs: tx.nowMs, namespace });
  addSessionToNamespace(tx, namespace, sessionId);
  tx.ledger.note(namespace, { sessions: 1 });
}
