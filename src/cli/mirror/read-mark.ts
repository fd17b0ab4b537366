import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Entry } from "../../../gen/seglog/v1/entry_pb.js";

/** How far the log of a segment has been read. */
export class ReadMark {
  entryCount = 0n;
  /** Of the last entry that was read, at the source. */
  lastPosition = 0n;
  /** When that one happened, in milliseconds since the epoch. */
  lastTimeMs = 0;

  /** Takes note of entries that were read, in order. */
  pass(entries: readonly Entry[]): void {
    const last = entries.at(-1);
    if (last === undefined) return;
    this.entryCount = last.index + 1n;
    this.lastPosition = last.position;
    if (last.time !== undefined) this.lastTimeMs = timestampMs(last.time);
  }
}
