import { checksumMismatch, isSeglogError, segmentChanged, segmentNotFound } from "../../../model/errors.js";
import type { SegmentId } from "../../../model/id.js";
import type { EntryRun, ReadRange } from "../../store-reads.js";
import type { Reader } from "../engine.js";
import type { EntriesRecord } from "../tables/feed.js";
import { liveHead } from "../tables/purges.js";
import type { SegmentHead } from "../tables/segment-heads.js";
import { type RecordStart, recordAt, recordHolding, startAtOrBelow, startsBetween } from "../tables/segment-index.js";
import type { View } from "../view.js";
import { sliceRun } from "./slice-run.js";

/** Most records that one read looks at, so that it holds nobody up for long. */
const RECORDS_MAX = 4096;

/** Reads entries of a segment. See SegmentStore.readEntries. */
export function readEntries(reader: View, range: ReadRange): readonly EntryRun[] {
  const { segmentId, backward = false } = range;
  const head = liveHead(reader, segmentId);
  if (range.expect !== undefined && positionOf(reader, head, range.expect.index) !== range.expect.position) throw segmentChanged(segmentId);
  if (head === undefined) throw segmentNotFound(segmentId);

  const runs: EntryRun[] = [];
  const to = Math.min(range.toIndex, head.entryCount);
  if (to <= range.fromIndex) return runs;
  let bytesLeft = range.bytesMax;
  let next = backward ? to - 1 : range.fromIndex;
  const first = startAtOrBelow(reader, segmentId, range.fromIndex)?.index ?? 0;
  for (const start of startsBetween(reader, segmentId, { from: first, to, backward })) {
    const record = runs.length === 0 ? recordAt(reader, segmentId, start) : intactAt(reader, segmentId, start);
    const isNext = record !== undefined && next >= record.firstIndex && next < record.firstIndex + record.count;
    // What stands before damage is given; who goes on behind it is told.
    if (!isNext && runs.length > 0) return runs;
    if (!isNext) throw missing(segmentId, next);
    const slice = {
      from: Math.max(0, range.fromIndex - record.firstIndex),
      to: Math.min(record.count, to - record.firstIndex),
    };
    const run = sliceRun(head.sessionId, record, { ...slice, bytesMax: bytesLeft, backward });
    if (runs.length > 0 && run.frames.length > bytesLeft) return runs;
    runs.push(run);
    bytesLeft -= run.frames.length;
    next = backward ? run.firstIndex - 1 : run.firstIndex + run.count;
    const isPart = run.count < slice.to - slice.from;
    if (isPart || bytesLeft <= 0 || runs.length === RECORDS_MAX) return runs;
  }
  if (runs.length === 0) throw missing(segmentId, next);
  return runs;
}

/** Position of the entry at an index; undefined where the segment has none there. */
export function positionOf(reader: Reader, head: SegmentHead | undefined, index: number): number | undefined {
  if (head === undefined || index >= head.entryCount) return undefined;
  if (index === head.entryCount - 1) return head.headPosition;
  const record = recordHolding(reader, head.segmentId, index);
  return record.position + index - record.firstIndex;
}

/** The record that begins at a start; undefined where it is damaged. */
function intactAt(reader: Reader, segmentId: SegmentId, start: RecordStart): EntriesRecord | undefined {
  try {
    return recordAt(reader, segmentId, start);
  } catch (error) {
    if (isSeglogError(error, "CHECKSUM_MISMATCH")) return undefined;
    throw error;
  }
}

/** The head says that there is an entry and the index has none: the store is damaged there. */
function missing(segmentId: SegmentId, index: number) {
  return checksumMismatch({ segmentId, index });
}
