import { SeglogError } from "../../../model/errors.js";
import type { SegmentId } from "../../../model/id.js";
import type { NewEntry } from "../../../model/new-entry.js";
import type { Origin } from "../../segment-info.js";
import type { ForkOpening, ForkSegmentParams } from "../../store-writes.js";
import { checkedCut, countAt, prefixOf } from "../prefix.js";
import type { SegmentHead } from "../tables/segment-heads.js";
import type { Transaction } from "../transaction.js";
import { segmentToWrite } from "./live-segment.js";
import { addSegment, checkNewSegment } from "./new-segment.js";

/** A fork by reference that is decided and not yet written. */
export interface ForkPlan {
  readonly source: SegmentHead;
  readonly entryCount: number;
  readonly segmentId: SegmentId;
  readonly forkedFrom: Origin;
  readonly opening: ForkOpening;
}

/** Creates a sibling that inherits a prefix by reference. See SegmentStore.forkSegment. */
export function forkSegment(tx: Transaction, params: ForkSegmentParams): SegmentHead {
  const source = segmentToWrite(tx, params.sourceId);
  const entryCount = checkedCut(source, countAt(tx, source, params.at));
  const atTurn = params.at.turn ?? turnCountAt(tx, source, entryCount);
  const plan = checkFork(tx, {
    source,
    entryCount,
    segmentId: params.segmentId,
    forkedFrom: { segmentId: source.segmentId, atTurn },
    opening: params.opening,
  });
  return addFork(tx, plan, []);
}

/**
 * Checks that a fork can be made, and writes nothing.
 *
 * @throws SeglogError FORK_TOO_DEEP, SEGMENT_EXISTS
 */
export function checkFork(tx: Transaction, plan: ForkPlan): ForkPlan {
  const { forkDepthMax } = tx.limits;
  if (plan.source.depth + 1 > forkDepthMax) {
    throw new SeglogError(
      "FORK_TOO_DEEP",
      `a fork of segment ${plan.source.segmentId} would have more than ${forkDepthMax} bases above it; compact it first`,
      {
        metadata: { segment_id: plan.source.segmentId, fork_depth_max: String(forkDepthMax) },
      },
    );
  }
  checkNewSegment(tx, { sessionId: plan.source.sessionId, segmentId: plan.segmentId }, "existing");
  return plan;
}

/** Writes a fork, with entries of its own behind its opening. To be checked before. */
export function addFork(tx: Transaction, plan: ForkPlan, entries: readonly NewEntry[]): SegmentHead {
  const { source, forkedFrom } = plan;
  const base = { segmentId: source.segmentId, entryCount: plan.entryCount };
  const opening = plan.opening({ sessionId: source.sessionId, forkedFrom, base });
  return addSegment(tx, {
    sessionId: source.sessionId,
    segmentId: plan.segmentId,
    entries: [opening, ...entries],
    forkedFrom,
    base,
    depth: source.depth + 1,
  });
}

/** `turn_count` of the last turn end among a segment's first entries; 0 where there is none. */
export function turnCountAt(tx: Transaction, head: SegmentHead, entryCount: number): bigint {
  return entryCount === head.entryCount ? head.turnCount : prefixOf(tx, head, entryCount).turnCount;
}
