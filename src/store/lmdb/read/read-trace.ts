import { segmentNotFound } from "../../../model/errors.js";
import type { SegmentId } from "../../../model/id.js";
import type { TracePage } from "../../store-reads.js";
import type { Reader } from "../engine.js";
import { liveHead } from "../tables/purges.js";
import { traceUnitsFrom } from "../tables/traces.js";

/** Reads records of a trace. See SegmentStore.readTrace. */
export function readTrace(
  reader: Reader,
  range: { readonly segmentId: SegmentId; readonly fromIndex: number; readonly limit: number; readonly bytesMax: number },
): TracePage {
  const { segmentId, fromIndex, limit } = range;
  if (liveHead(reader, segmentId) === undefined) throw segmentNotFound(segmentId);
  const entries: Buffer[] = [];
  let bytesLeft = range.bytesMax;
  for (const unit of traceUnitsFrom(reader, segmentId, fromIndex)) {
    for (const entry of unit.entries.slice(Math.max(0, fromIndex - unit.firstIndex))) {
      if (entries.length === limit || (entries.length > 0 && entry.length > bytesLeft)) return { firstIndex: fromIndex, entries };
      entries.push(entry);
      bytesLeft -= entry.length;
    }
  }
  return { firstIndex: fromIndex, entries };
}
