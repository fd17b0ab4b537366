import type { SegmentId } from "../../../model/id.js";
import { markSegmentDeletion } from "../tables/deletion-marks.js";
import { removeDependent } from "../tables/dependents.js";
import { removeRecord } from "../tables/feed.js";
import { members, removeMember } from "../tables/membership.js";
import { removeSegmentFromNamespace } from "../tables/namespaces.js";
import { type Purge, removalOf, writePurges } from "../tables/purges.js";
import { readHead, removeHead } from "../tables/segment-heads.js";
import { removeRecordStart, startsBetween } from "../tables/segment-index.js";
import { traceKeys } from "../tables/traces.js";
import { turnKeysFrom } from "../tables/turns.js";
import type { Transaction } from "../transaction.js";

/** Most keys that one step removes, so that no step holds other writers up for long. */
export const PURGE_STEP_KEYS = 1000;

/** Begins a removal: takes the first step, and notes what is left for the next ones. */
export function beginPurge(tx: Transaction, purge: Purge): void {
  if (!removeSome(tx, purge)) writePurges(tx, [...tx.purges(), purge]);
}

/** Takes one step of the oldest removal; says whether any is left. */
export function continuePurge(tx: Transaction): boolean {
  const [oldest, ...others] = tx.purges();
  if (oldest === undefined) return false;
  if (removeSome(tx, oldest)) writePurges(tx, others);
  return true;
}

/** Removes a step's keys; says whether all of it is gone. */
function removeSome(tx: Transaction, purge: Purge): boolean {
  const keysMax = tx.purgeStepKeys;
  switch (purge.type) {
    case "tail":
      return removeEntries(tx, purge.segmentId, purge.fromIndex, keysMax) < keysMax;
    case "segment":
      return removeSegment(tx, purge.segmentId, { ...purge, keysMax }) < keysMax;
    case "session": {
      let left = keysMax;
      for (const segmentId of firstOf(members(tx, purge.sessionId), keysMax)) {
        left -= removeSegment(tx, segmentId, { ...purge, keysMax: left });
        if (left <= 0) return false;
      }
      return true;
    }
    default:
      return purge satisfies never;
  }
}

/** Removes a segment, its head last: while there is a head there may be more. Then a mark is left of it. */
function removeSegment(
  tx: Transaction,
  segmentId: SegmentId,
  { keysMax, eventPosition }: { readonly keysMax: number; readonly eventPosition: number },
): number {
  const head = readHead(tx, segmentId);
  if (head === undefined) return 0;
  let removed = removeEntries(tx, segmentId, 0, keysMax);
  if (removed >= keysMax) return removed;
  for (const traceKey of firstOf(traceKeys(tx, segmentId), keysMax - removed)) {
    tx.remove(traceKey);
    removed++;
  }
  if (removed >= keysMax) return removed;
  if (head.base !== undefined) removeDependent(tx, head.base, segmentId);
  removeMember(tx, head.sessionId, segmentId);
  removeSegmentFromNamespace(tx, head.namespace, segmentId);
  removeHead(tx, segmentId);
  // An older removal of it may be under way still: then it was gone with that one already.
  markSegmentDeletion(tx, { namespace: head.namespace, id: segmentId }, removalOf(tx.purges(), head)?.eventPosition ?? eventPosition);
  return removed + 1;
}

function removeEntries(tx: Transaction, segmentId: SegmentId, fromIndex: number, keysMax: number): number {
  let removed = 0;
  for (const turnKey of firstOf(turnKeysFrom(tx, segmentId, fromIndex), keysMax)) {
    tx.remove(turnKey);
    removed++;
  }
  const range = { from: fromIndex, to: Number.MAX_SAFE_INTEGER };
  for (const start of firstOf(startsBetween(tx, segmentId, range), keysMax - removed)) {
    removeRecord(tx, start.position);
    removeRecordStart(tx, segmentId, start.index);
    removed++;
  }
  return removed;
}

/** The first of a range, taken before any is removed: removing under a cursor would move it. */
function firstOf<T>(range: Iterable<T>, countMax: number): readonly T[] {
  const first: T[] = [];
  if (countMax <= 0) return first;
  for (const item of range) {
    first.push(item);
    if (first.length === countMax) break;
  }
  return first;
}
