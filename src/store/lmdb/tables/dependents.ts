import { ID_BYTES, idBytes, type SegmentId } from "../../../model/id.js";
import type { Base } from "../../segment-info.js";
import { lastAtOrBelow, type Reader, type Writer } from "../engine.js";
import { key, keyAfter, TABLE } from "./keys.js";

const EMPTY = Buffer.alloc(0);

/** Notes that a fork needs a prefix of its base. */
export function addDependent(writer: Writer, base: Base, forkId: SegmentId): void {
  writer.put(key(TABLE.dependents, idBytes(base.segmentId), base.entryCount, idBytes(forkId)), EMPTY);
}

/** Forgets it. */
export function removeDependent(writer: Writer, base: Base, forkId: SegmentId): void {
  writer.remove(key(TABLE.dependents, idBytes(base.segmentId), base.entryCount, idBytes(forkId)));
}

/** The longest prefix of a segment that some fork needs, in entries; 0 where none does. */
export function neededCount(reader: Reader, segmentId: SegmentId): number {
  const prefix = key(TABLE.dependents, idBytes(segmentId));
  const last = lastAtOrBelow(reader, keyAfter(prefix), prefix);
  return last === undefined ? 0 : Number(last.key.readBigUInt64BE(1 + ID_BYTES));
}
