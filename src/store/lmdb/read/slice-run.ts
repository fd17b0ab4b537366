import { entryFrames, sliceFrames } from "../../../model/entry-frames.js";
import type { SessionId } from "../../../model/id.js";
import type { EntryRun } from "../../store-reads.js";
import type { EntriesRecord } from "../tables/feed.js";

/** Which entries of a record: offsets within it, `to` exclusive, and how many bytes of them. */
export interface Slice {
  readonly from: number;
  readonly to: number;
  /** Entries up to about so many bytes, and at least one. */
  readonly bytesMax: number;
  /** Count the bytes from the last entry down. */
  readonly backward?: boolean;
}

/** Entries of a record as a run. */
export function sliceRun(sessionId: SessionId, record: EntriesRecord, slice: Slice): EntryRun {
  const { from, to } = record.frames.length <= slice.bytesMax ? slice : within(record, slice);
  const isWhole = from === 0 && to === record.count;
  return {
    sessionId,
    segmentId: record.segmentId,
    firstIndex: record.firstIndex + from,
    firstPosition: record.position + from,
    count: to - from,
    frames: isWhole ? record.frames : sliceFrames(record.frames, from, to),
  };
}

function within(record: EntriesRecord, slice: Slice): { readonly from: number; readonly to: number } {
  const sizes = Array.from(entryFrames(record.frames), ({ start, end }) => end - start);
  let left = slice.bytesMax;
  let { from, to } = slice;
  if (slice.backward) {
    for (from = to - 1, left -= sizes[from] ?? 0; from > slice.from; from--) {
      left -= sizes[from - 1] ?? 0;
      if (left < 0) break;
    }
  } else {
    for (to = from + 1, left -= sizes[from] ?? 0; to < slice.to; to++) {
      left -= sizes[to] ?? 0;
      if (left < 0) break;
    }
  }
  return { from, to };
}
