import { setImmediate as nextTurn } from "node:timers/promises";
import { fromBinary } from "@bufbuild/protobuf";
import { EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { entryFrames } from "../model/entry-frames.js";
import { parseId, type SegmentId } from "../model/id.js";
import { RESPONSE_BYTES } from "../model/limits.js";
import { applyEntry, emptyState, inheritOpening, type ReplayState } from "../model/replay/collect-state.js";
import type { Point, SegmentInfo } from "../store/segment-store.js";
import type { ServiceDeps } from "./deps.js";
import { inheritedPrefixes, type Prefix } from "./inherited-prefixes.js";

/**
 * Replays a segment up to a point: first the prefixes that it inherits, the oldest first, then its own log.
 *
 * @throws SeglogError SEGMENT_NOT_FOUND, TURN_NOT_FOUND, PAST_HEAD, SEGMENT_CHANGED, CHECKSUM_MISMATCH
 */
export async function replayUntil(
  deps: ServiceDeps,
  segmentId: SegmentId,
  at: Point,
  signal: AbortSignal,
): Promise<{ readonly segment: SegmentInfo; readonly state: ReplayState }> {
  const { segment, entryCount, lastPosition } = await deps.store.resolvePoint(segmentId, at);
  const inherited = await inheritedPrefixes(deps, segment);
  const prefixes = [...inherited.toReversed(), { segmentId, entryCount, lastPosition }];
  let state = emptyState();
  for (const [depth, prefix] of prefixes.entries()) {
    if (depth > 0) state = inheritOpening(state);
    await replayPrefix(deps, prefix, state, signal);
  }
  state.sessionId = parseId(state.sessionId) ?? segment.sessionId;
  return { segment, state };
}

async function replayPrefix(deps: ServiceDeps, prefix: Prefix, state: ReplayState, signal: AbortSignal): Promise<void> {
  const { segmentId, entryCount, lastPosition } = prefix;
  for (let index = 0; index < entryCount; ) {
    signal.throwIfAborted();
    const runs = await deps.store.readEntries({
      segmentId,
      fromIndex: index,
      toIndex: entryCount,
      bytesMax: RESPONSE_BYTES,
      expect: { index: entryCount - 1, position: lastPosition },
    });
    for (const { frames, count } of runs) {
      for (const { bodyStart, end } of entryFrames(frames)) {
        applyEntry(state, fromBinary(EntrySchema, frames.subarray(bodyStart, end)));
      }
      index += count;
    }
    // A long log is decoded a page at a time, so that others get their turn.
    await nextTurn();
  }
}
