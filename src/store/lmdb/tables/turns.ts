import { idBytes, type SegmentId } from "../../../model/id.js";
import { type Reader, under, type Writer } from "../engine.js";
import { isSealed } from "../values/sealed.js";
import { ValueReader } from "../values/value-reader.js";
import { ValueWriter } from "../values/value-writer.js";
import { key, TABLE } from "./keys.js";

/** Notes a turn end, unless an earlier one has the same number: of repeated numbers the first counts. */
export function addTurn(writer: Writer, segmentId: SegmentId, turn: bigint, index: number): void {
  const turnKey = key(TABLE.turns, idBytes(segmentId), turn);
  if (writer.get(turnKey) !== undefined) return;
  writer.put(turnKey, new ValueWriter().varint(index).sealedFor(turnKey));
}

/** Index of the first turn end with a number. */
export function turnIndex(reader: Reader, segmentId: SegmentId, turn: bigint): number | undefined {
  const turnKey = key(TABLE.turns, idBytes(segmentId), turn);
  const value = reader.get(turnKey);
  return value === undefined ? undefined : new ValueReader(turnKey, value).varint();
}

/** Keys of the turns whose first turn end is at an index from `fromIndex` on. A damaged one stays, to be reported when it is asked for. */
export function* turnKeysFrom(reader: Reader, segmentId: SegmentId, fromIndex: number): Iterable<Buffer> {
  for (const found of reader.range(under(key(TABLE.turns, idBytes(segmentId))))) {
    if (fromIndex === 0 || (isSealed(found.key, found.value) && new ValueReader(found.key, found.value).varint() >= fromIndex))
      yield found.key;
  }
}
