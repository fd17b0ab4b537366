import { fromBinary } from "@bufbuild/protobuf";
import type { Entry, SegmentStart } from "../../../gen/seglog/v1/entry_pb.js";
import type { RestoredState } from "../../../gen/seglog/v1/segment_pb.js";
import { RestoreSegmentResponseSchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { mergeStateParts } from "../../client/restore-state.js";
import { sliceFrames } from "../../model/entry-frames.js";
import { parseSegmentId, type SegmentId } from "../../model/id.js";
import { collectState } from "../../model/replay/collect-state.js";
import { emptyState, inheritOpening, type ReplayState } from "../../model/replay/replay-state.js";
import { restoredStateParts } from "../../model/replay/state-parts.js";
import type { SalvagedEntries } from "./salvaged-entries.js";

/** What a fork's opening comes to, and what of its bases is missing in it. */
export interface InheritedState {
  readonly state: RestoredState;
  readonly missing: readonly { readonly segmentId: SegmentId; readonly from: number; readonly to: number }[];
}

/** The first entries of a segment. */
interface Prefix {
  readonly segmentId: SegmentId;
  readonly entryCount: number;
  /** Entry 0 of a fork hands nothing on. */
  readonly replayFrom: number;
}

/**
 * Replays what is left of a fork's bases, the oldest first, and then its own opening. Bases are taken from the openings
 * themselves, for heads may be lost.
 */
export async function inheritedState(
  entries: SalvagedEntries,
  own: SegmentId,
  start: SegmentStart,
  opening: readonly Entry[],
): Promise<InheritedState> {
  const prefixes: Prefix[] = [{ segmentId: own, entryCount: opening.length, replayFrom: 0 }];
  for (let base = start.base; base !== undefined; ) {
    const segmentId = parseSegmentId(base.segmentId);
    const next = entries.startOf(segmentId)?.base;
    // A base is older than its fork; a damaged store is not asked to keep to that.
    if (prefixes.some((prefix) => prefix.segmentId === segmentId)) break;
    prefixes.unshift({ segmentId, entryCount: Number(base.entryCount), replayFrom: next === undefined ? 0 : 1 });
    base = next;
  }
  let state = emptyState();
  const missing: InheritedState["missing"][number][] = [];
  for (const [depth, { segmentId, entryCount, replayFrom }] of prefixes.entries()) {
    if (depth > 0) state = inheritOpening(state);
    let next = 0;
    for (const { firstIndex, count, frames } of entries.recordsOf(segmentId)) {
      if (firstIndex >= entryCount) break;
      if (firstIndex > next) missing.push({ segmentId, from: next, to: firstIndex });
      collectState(sliceFrames(frames, Math.max(0, replayFrom - firstIndex), entryCount - firstIndex), state);
      next = firstIndex + count;
    }
    if (next < entryCount && segmentId !== own) missing.push({ segmentId, from: next, to: entryCount });
  }
  return { state: await decoded(state), missing: missing.filter(({ segmentId }) => segmentId !== own) };
}

function decoded(state: ReplayState): Promise<RestoredState> {
  async function* parts() {
    for (const part of restoredStateParts(state)) yield fromBinary(RestoreSegmentResponseSchema, part);
  }
  return mergeStateParts(parts());
}
