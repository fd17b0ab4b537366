import { entryFacts } from "../../model/entry-facts.js";
import { entryFrames } from "../../model/entry-frames.js";
import { invalidField, pastHead, SeglogError } from "../../model/errors.js";
import type { Point } from "../segment-info.js";
import type { Reader } from "./engine.js";
import type { EntriesRecord } from "./tables/feed.js";
import type { SegmentHead } from "./tables/segment-heads.js";
import { recordHolding } from "./tables/segment-index.js";
import { turnIndex } from "./tables/turns.js";

/** What a segment was when it had only its first entries. */
export interface Prefix {
  readonly entryCount: number;
  readonly lastPosition: number;
  readonly turnCount: bigint;
  readonly isInterrupted: boolean;
  /** The record that holds the last of them. */
  readonly record: EntriesRecord;
}

/** What a segment was when it had only its first `entryCount` entries; at least 1, at most its head. */
export function prefixOf(reader: Reader, head: SegmentHead, entryCount: number): Prefix {
  const record = recordHolding(reader, head.segmentId, entryCount - 1);
  let { turnCount, isInterrupted } = record.before;
  let index = record.firstIndex;
  for (const { bodyStart, end } of entryFrames(record.frames)) {
    if (index++ === entryCount) break;
    const facts = entryFacts(record.frames.subarray(bodyStart, end));
    turnCount = facts.turnCount ?? turnCount;
    isInterrupted = facts.isInterrupted ?? isInterrupted;
  }
  return { entryCount, lastPosition: record.position + (entryCount - 1 - record.firstIndex), turnCount, isInterrupted, record };
}

/**
 * How many entries of a segment lie before a point.
 *
 * @throws SeglogError TURN_NOT_FOUND, PAST_HEAD
 */
export function countAt(reader: Reader, head: SegmentHead, at: Point): number {
  if (at.entryCount !== undefined) return checkedCount(head, at.entryCount);
  if (at.turn === undefined) return head.entryCount;
  if (at.turn === 0n) return head.openingCount;
  const index = turnIndex(reader, head.segmentId, at.turn);
  // Turns that were cut off are removed step by step, behind the cut.
  if (index !== undefined && index < head.entryCount) return index + 1;
  if (at.onMissingTurn === "head") return head.entryCount;
  throw new SeglogError("TURN_NOT_FOUND", `no turn end of segment ${head.segmentId} has the number ${at.turn}`, {
    metadata: { segment_id: head.segmentId, turn: String(at.turn), turn_count: String(head.turnCount) },
  });
}

/**
 * Checks a count of entries to keep or to inherit: no cut falls inside an opening.
 *
 * @throws SeglogError PAST_HEAD, INVALID_FIELD (inside the opening)
 */
export function checkedCut(head: SegmentHead, entryCount: number): number {
  if (entryCount < Math.max(1, head.openingCount)) {
    throw invalidField("entry_count", `must be at least ${Math.max(1, head.openingCount)}, the entries of the segment's opening`);
  }
  return checkedCount(head, entryCount);
}

function checkedCount(head: SegmentHead, entryCount: number): number {
  if (entryCount >= 1 && entryCount <= head.entryCount) return entryCount;
  throw pastHead(`segment ${head.segmentId} has ${head.entryCount} entries, not ${entryCount}`, {
    segment_id: head.segmentId,
    entry_count: String(head.entryCount),
  });
}
