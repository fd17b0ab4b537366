import { pastHead } from "../../../model/errors.js";
import type { EnsureHeadParams, EnsureHeadResult } from "../../store-writes.js";
import type { SegmentHead } from "../tables/segment-heads.js";
import type { Transaction } from "../transaction.js";
import { addFork, checkFork } from "./fork.js";
import { segmentToWrite } from "./live-segment.js";
import { addSegment, checkNewSegment } from "./new-segment.js";

/** Leaves a segment that its writer still owns; forks it otherwise. See SegmentStore.ensureHeadOrFork. */
export function ensureHeadOrFork(tx: Transaction, params: EnsureHeadParams): EnsureHeadResult {
  const source = segmentToWrite(tx, params.segmentId);
  if (source.entryCount === params.entriesWritten) return { segment: source, forked: false };
  const segment = params.opening === undefined ? forkByReference(tx, source, params) : forkFromState(tx, source, params, params.opening);
  return { segment, forked: true };
}

function forkByReference(tx: Transaction, source: SegmentHead, params: EnsureHeadParams): SegmentHead {
  const entryCount = params.entriesWritten;
  if (entryCount < Math.max(1, source.openingCount) || entryCount > source.entryCount) {
    throw pastHead(`segment ${source.segmentId} has ${source.entryCount} entries, it cannot be forked after ${entryCount}`, {
      segment_id: source.segmentId,
      entry_count: String(source.entryCount),
    });
  }
  const forkedFrom = { segmentId: source.segmentId, atTurn: params.atTurn };
  const plan = checkFork(tx, { source, entryCount, segmentId: params.newSegmentId, forkedFrom, opening: params.forkOpening });
  return addFork(tx, plan, []);
}

function forkFromState(
  tx: Transaction,
  source: SegmentHead,
  params: EnsureHeadParams,
  opening: NonNullable<EnsureHeadParams["opening"]>,
): SegmentHead {
  const { sessionId } = source;
  const segmentId = params.newSegmentId;
  checkNewSegment(tx, { sessionId, segmentId }, "existing");
  const forkedFrom = { segmentId: source.segmentId, atTurn: params.atTurn };
  return addSegment(tx, { sessionId, segmentId, entries: opening(sessionId, forkedFrom), forkedFrom, depth: 0 });
}
