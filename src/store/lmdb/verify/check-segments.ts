import type { SegmentId } from "../../../model/id.js";
import type { EntriesRecord } from "../tables/feed.js";
import type { Check } from "./check.js";
import { isEntries, type RecordCheck } from "./record-check.js";
import { differences, type StateBehind } from "./state-behind.js";
import type { StoreView } from "./store-view.js";

/** What a segment has at the record that was seen last, which is the one behind. */
interface Above {
  readonly position: number;
  readonly firstIndex: number;
  readonly before: EntriesRecord["before"];
}

/**
 * Segments: their records follow each other without a gap, from entry 0 to the head, and each begins with what the one
 * before it came to.
 */
export function checkSegments(check: Check, view: StoreView): RecordCheck {
  const above = new Map<SegmentId, Above>();
  // Where a damaged record lies between, it is told by itself.
  let lowestMissed = Number.POSITIVE_INFINITY;

  /** The newest record of a segment ends where the head says. */
  function lookAtEnd(record: EntriesRecord, state: StateBehind): void {
    const { segmentId } = record;
    const head = view.headOf(segmentId);
    if (head === "damaged") return;
    const place = { segmentId, index: record.firstIndex };
    if (head === "missing") check.find("is of a segment that is not there", place);
    else if (lowestMissed > head.headPosition) for (const difference of differences(head, state)) check.find(difference, { segmentId });
  }

  return {
    miss(position) {
      lowestMissed = position;
    },
    look(record, behind) {
      if (!isEntries(record) || behind === undefined || view.isLeaving(record)) return;
      check.looked();
      const { state } = behind;
      const next = above.get(record.segmentId);
      if (next === undefined) lookAtEnd(record, state);
      else if (lowestMissed > next.position) {
        const place = { segmentId: record.segmentId, index: record.firstIndex };
        const follows = check.hold(
          state.entryCount === next.firstIndex,
          `ends at ${state.entryCount}, and the next record begins at ${next.firstIndex}`,
          place,
        );
        if (follows) check.hold(isSame(state, next.before), "does not come to what the next record begins with", place);
      }
      above.set(record.segmentId, record);
    },
    finish(isWhole) {
      if (!isWhole) return;
      for (const [segmentId, { firstIndex }] of above)
        check.hold(firstIndex === 0, `has no records below index ${firstIndex}`, { segmentId, index: 0 });
    },
  };
}

function isSame(state: StateBehind, before: EntriesRecord["before"]): boolean {
  return state.byteSize === before.byteSize && state.turnCount === before.turnCount && state.lastRunInterrupted === before.isInterrupted;
}
