import { idBytes, segmentIdAt } from "../../../model/id.js";
import { under } from "../engine.js";
import { key, TABLE } from "../tables/keys.js";
import { decodeStart } from "../tables/segment-index.js";
import type { Check } from "./check.js";
import { FAILS_CHECKSUM } from "./reading.js";
import { isEntries, type RecordCheck } from "./record-check.js";
import type { StoreView } from "./store-view.js";

/** The index of the segments: each record of the feed is found through it, and it leads nowhere else. */
export function checkSegmentIndex(check: Check, { reader }: StoreView): RecordCheck {
  let recordCount = 0;
  return {
    look(record) {
      if (!isEntries(record)) return;
      recordCount++;
      check.looked();
      const { segmentId, firstIndex: index } = record;
      const startKey = key(TABLE.segmentIndex, idBytes(segmentId), index);
      const value = reader.get(startKey);
      if (value === undefined) check.find("is missing, though the feed has the record", { segmentId, index });
      else if (value.length !== 8 || decodeStart({ key: startKey, value }).position !== record.position) {
        check.find("leads to another position than that of the record", { segmentId, index });
      }
    },
    finish(isWhole) {
      if (!isWhole) return;
      let startCount = 0;
      for (const _ of reader.range(under(key(TABLE.segmentIndex)))) startCount++;
      if (startCount === recordCount) return;
      check.find(`has ${startCount} starts of records, and the feed ${recordCount} records`);
    },
  };
}

/** Tells damaged records of the feed by the segments and indexes that they are found through. */
export function tellDamaged(check: Check, { reader }: StoreView, positions: ReadonlySet<number>): void {
  const left = new Set(positions);
  if (left.size === 0) return;
  for (const found of reader.range(under(key(TABLE.segmentIndex)))) {
    if (found.value.length !== 8) continue;
    const { index, position } = decodeStart(found);
    if (!left.delete(position)) continue;
    check.find(`record at position ${position} ${FAILS_CHECKSUM}`, { segmentId: segmentIdAt(found.key, 1), index });
  }
  for (const position of left) check.find(`record at position ${position}, of no segment, ${FAILS_CHECKSUM}`);
}
