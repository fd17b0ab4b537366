import { segmentNotFound } from "../../../model/errors.js";
import type { SegmentId } from "../../../model/id.js";
import type { TracePage } from "../../store-reads.js";
import { liveHead } from "../tables/purges.js";
import { traceUnitsFrom } from "../tables/traces.js";
import type { View } from "../view.js";

/** Reads records of a trace. See SegmentStore.readTrace. */
export function readTrace(
  view: View,
  range: { readonly segmentId: SegmentId; readonly fromIndex: number; readonly limit: number; readonly bytesMax: number },
): TracePage {
  const { segmentId, fromIndex, limit } = range;
  if (liveHead(view, segmentId) === undefined) throw segmentNotFound(segmentId);
  const entries: Buffer[] = [];
  let bytesLeft = range.bytesMax;
  for (const unit of traceUnitsFrom(view, segmentId, fromIndex)) {
    for (const entry of unit.entries.slice(Math.max(0, fromIndex - unit.firstIndex))) {
      if (entries.length === limit || (entries.length > 0 && entry.length > bytesLeft)) return { firstIndex: fromIndex, entries };
      entries.push(entry);
      bytesLeft -= entry.length;
    }
  }
  return { firstIndex: fromIndex, entries };
}
