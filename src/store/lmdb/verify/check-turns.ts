import { type SegmentId, segmentIdAt } from "../../../model/id.js";
import { under } from "../engine.js";
import { key, TABLE } from "../tables/keys.js";
import { turnIndex } from "../tables/turns.js";
import { isSealed } from "../values/sealed.js";
import { ValueReader } from "../values/value-reader.js";
import type { Check } from "./check.js";
import { reading } from "./reading.js";
import { isEntries, type RecordCheck } from "./record-check.js";
import type { StoreView } from "./store-view.js";

/** Turns: each turn end is found by its number, or an earlier one with the same number is, and nothing else. */
export function checkTurns(check: Check, view: StoreView): RecordCheck {
  const firstEnds = new Map<SegmentId, number>();
  return {
    look(record, behind) {
      if (!isEntries(record) || behind === undefined || view.isLeaving(record)) return;
      const { segmentId } = record;
      for (const { turn, index } of behind.turnEnds) {
        check.looked();
        const place = { segmentId, index };
        const found = reading(check, place, () => turnIndex(view.reader, segmentId, turn) ?? ("missing" as const));
        if (found === "missing" || (found !== undefined && found > index)) check.find("ends a turn that does not lead to it", place);
        if (found === index) firstEnds.set(segmentId, (firstEnds.get(segmentId) ?? 0) + 1);
      }
    },
    finish(isWhole) {
      if (!isWhole) return;
      const stored = storedTurns(view);
      for (const [segmentId, count] of stored) {
        const ends = firstEnds.get(segmentId) ?? 0;
        if (count > ends) check.find(`has ${count} turns, and ends ${ends}`, { segmentId });
      }
    },
  };
}

/** Turns by themselves: checksums, which hold for the key too. */
export function checkTurnSeals(check: Check, { reader }: StoreView): void {
  for (const found of reader.range(under(key(TABLE.turns)))) {
    check.looked();
    reading(check, { segmentId: segmentIdAt(found.key, 1) }, () => new ValueReader(found.key, found.value).varint());
  }
}

/** How many turns each segment has that is not being removed, nor the part of it. */
function storedTurns(view: StoreView): ReadonlyMap<SegmentId, number> {
  const stored = new Map<SegmentId, number>();
  for (const found of view.reader.range(under(key(TABLE.turns)))) {
    const segmentId = segmentIdAt(found.key, 1);
    if (!isSealed(found.key, found.value)) continue; // told by checkTurnSeals
    const index = new ValueReader(found.key, found.value).varint();
    const head = view.headOf(segmentId);
    const isLeaving = typeof head === "object" && (view.isGoing(head) || index >= head.entryCount);
    if (!isLeaving || view.purges.length === 0) stored.set(segmentId, (stored.get(segmentId) ?? 0) + 1);
  }
  return stored;
}
