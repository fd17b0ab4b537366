import { headMismatch, segmentNotFound } from "../../../model/errors.js";
import type { SegmentId } from "../../../model/id.js";
import { sees } from "../../../model/namespace.js";
import type { Precondition } from "../../../model/precondition.js";
import { isGone } from "../tables/purges.js";
import { seenHead } from "../tables/seen.js";
import type { SegmentHead } from "../tables/segment-heads.js";
import { PurgePendingError, type Transaction } from "../transaction.js";

/**
 * The head of a segment that is to be written to, where the caller sees it.
 *
 * @throws SeglogError SEGMENT_NOT_FOUND
 * @throws PurgePendingError while what was cut off it is being removed
 */
export function segmentToWrite(tx: Transaction, segmentId: SegmentId): SegmentHead {
  const open = tx.openHead(segmentId);
  if (open !== undefined && sees(tx.sight, open.namespace)) return open;
  const head = seenHead(tx, segmentId);
  const purges = tx.purges();
  if (head === undefined || isGone(purges, head)) throw segmentNotFound(segmentId);
  if (purges.some((purge) => purge.type === "tail" && purge.segmentId === segmentId)) throw new PurgePendingError();
  return head;
}

/** Whether a segment is as its writer believes. */
export function isAsBelieved(head: SegmentHead, precondition: Precondition): boolean {
  const { entryCount, headPosition } = precondition;
  return (entryCount === undefined || entryCount === head.entryCount) && (headPosition === undefined || headPosition === head.headPosition);
}

/** @throws SeglogError HEAD_MISMATCH where a segment is not as its writer believes */
export function checkPrecondition(head: SegmentHead, precondition: Precondition): void {
  if (!isAsBelieved(head, precondition)) throw headMismatch(head);
}
