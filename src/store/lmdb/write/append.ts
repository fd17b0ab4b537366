import { headMismatch, isSeglogError } from "../../../model/errors.js";
import type { AppendParams, AppendResult } from "../../store-writes.js";
import type { SegmentHead } from "../tables/segment-heads.js";
import { recordHolding } from "../tables/segment-index.js";
import { PurgePendingError, type Transaction } from "../transaction.js";
import { addEntries } from "./add-entries.js";
import { addFork, checkFork, turnCountAt } from "./fork.js";
import { isAsBelieved, segmentToWrite } from "./live-segment.js";

/** Appends entries as one unit. See SegmentStore.append. */
export function append(tx: Transaction, params: AppendParams): AppendResult {
  const { segmentId, stream } = params;
  stream?.fence.check(segmentId, stream.unit);
  const result = appendOrFork(tx, params);
  if (result.forked) stream?.fence.close(segmentId, stream.unit);
  return result;
}

/**
 * Runs the write of a unit, the look at its request id included, in its place in its stream: a refusal fences what
 * comes behind it in the same commit, and what must wait holds that back.
 *
 * @throws PurgePendingError where it must wait itself
 */
export function inStreamOrder<Result>({ segmentId, stream }: AppendParams, write: () => Result): Result {
  if (stream === undefined) return write();
  const { fence, unit } = stream;
  try {
    if (fence.isHeldBack(segmentId, unit)) throw new PurgePendingError();
    const result = write();
    fence.settle(segmentId, unit);
    return result;
  } catch (error) {
    if (error instanceof PurgePendingError) fence.hold(segmentId, unit);
    else if (isSeglogError(error)) fence.close(segmentId, unit);
    throw error;
  }
}

function appendOrFork(tx: Transaction, params: AppendParams): AppendResult {
  const head = segmentToWrite(tx, params.segmentId);
  if (isAsBelieved(head, params.precondition)) return resultOf(addEntries(tx, head, params.entries), params, false);
  if (!params.onConflict.fork) throw headMismatch(head);
  return resultOf(forkAndAppend(tx, head, params, params.onConflict), params, true);
}

/** The writer's prefix becomes the base of a branch of its own. */
function forkAndAppend(
  tx: Transaction,
  source: SegmentHead,
  params: AppendParams,
  fork: Extract<AppendParams["onConflict"], { readonly fork: true }>,
): SegmentHead {
  const { entryCount, headPosition } = params.precondition;
  const canBeTheWriters =
    entryCount !== undefined &&
    entryCount >= Math.max(1, source.openingCount) &&
    entryCount <= source.entryCount &&
    (headPosition === undefined || headPosition === positionOf(tx, source, entryCount - 1));
  if (!canBeTheWriters) throw headMismatch(source);
  const forkedFrom = { segmentId: source.segmentId, atTurn: turnCountAt(tx, source, entryCount) };
  const plan = checkFork(tx, { source, entryCount, segmentId: fork.newSegmentId, forkedFrom, opening: fork.opening });
  return addFork(tx, plan, params.entries);
}

function positionOf(tx: Transaction, head: SegmentHead, index: number): number {
  const record = recordHolding(tx, head.segmentId, index);
  return record.position + index - record.firstIndex;
}

function resultOf(head: SegmentHead, params: AppendParams, forked: boolean): AppendResult {
  return {
    segmentId: head.segmentId,
    firstIndex: head.entryCount - params.entries.length,
    entryCount: head.entryCount,
    headPosition: head.headPosition,
    forked,
  };
}
