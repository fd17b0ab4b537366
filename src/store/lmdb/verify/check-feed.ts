import { decodeRecord, type FeedRecord, lastPositionOf } from "../tables/feed.js";
import { key, keyAfter, lastNumber, TABLE } from "../tables/keys.js";
import { BrokenSealError } from "../values/sealed.js";
import type { Check } from "./check.js";
import { framesProblem } from "./frames-problem.js";
import { isEntries, type RecordCheck } from "./record-check.js";
import { stateBehind } from "./state-behind.js";
import type { StoreView } from "./store-view.js";

const FEED = key(TABLE.feed);

/**
 * The feed: checksums, positions that increase, entries as many as their record says, each with its index and position.
 * Hands each record on to the checks that compare it with something else.
 *
 * @returns positions of the records that are damaged: whose they are only the index of the segments knows
 */
export function checkFeed(check: Check, view: StoreView, others: readonly RecordCheck[]): ReadonlySet<number> {
  const { reader, scope } = view;
  const damaged = new Set<number>();
  let seen = 0;
  let isWhole = true;
  // Downwards, so that what comes first is the newest.
  let nextPosition = Number.MAX_SAFE_INTEGER;
  for (const found of reader.range({ start: keyAfter(FEED), end: FEED, reverse: true })) {
    if (seen++ === scope.recordsMax) {
      isWhole = false;
      check.limit = `the newest ${scope.recordsMax}`;
      break;
    }
    check.looked();
    const position = lastNumber(found.key);
    const record = decoded(found);
    if (record === undefined) {
      damaged.add(position);
      for (const other of others) other.miss?.(position);
      nextPosition = position;
      continue;
    }
    check.hold(lastPositionOf(record) < nextPosition, `record at position ${position} reaches into the next one`, placeOf(record));
    nextPosition = position;
    if (isEntries(record)) {
      const wrong = framesProblem(record, scope.replays);
      if (wrong !== undefined) {
        check.find(wrong.problem, { segmentId: record.segmentId, index: wrong.index });
        continue;
      }
    }
    const behind = isEntries(record) ? stateBehind(record) : undefined;
    for (const other of others) other.look(record, behind);
  }
  for (const other of others) other.finish?.(isWhole && damaged.size === 0);
  return damaged;
}

function decoded(found: { readonly key: Buffer; readonly value: Buffer }): FeedRecord | undefined {
  try {
    return decodeRecord(found);
  } catch (error) {
    if (error instanceof BrokenSealError) return undefined;
    throw error;
  }
}

function placeOf(record: FeedRecord) {
  return isEntries(record) ? { segmentId: record.segmentId, index: record.firstIndex } : {};
}
