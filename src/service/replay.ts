import { setImmediate as nextTurn } from "node:timers/promises";
import { parseId, type SegmentId } from "../model/id.js";
import { RESPONSE_BYTES } from "../model/limits.js";
import { collectState } from "../model/replay/collect-state.js";
import { emptyState, inheritOpening, type ReplayState } from "../model/replay/replay-state.js";
import type { Point, SegmentInfo } from "../store/segment-info.js";
import type { EntryRun } from "../store/store-reads.js";
import type { ServiceDeps } from "./deps.js";
import { inheritedPrefixes } from "./inherited-prefixes.js";
import type { Prefix } from "./prefix.js";

/** After so many bytes others get their turn: half of what is read at once, so that no read is for little. */
const TURN_BYTES = RESPONSE_BYTES / 2;

/**
 * Replays a segment up to a point: first the prefixes that it inherits, the oldest first, then its own log. Goes on from
 * what is kept of an earlier replay.
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
  const own = { segmentId, entryCount, lastPosition, replayFrom: 0 };
  const { prefixes, kept } = await pathTo(deps, segment, own);

  let state = kept?.state ?? emptyState();
  let bytesInTurn = 0;
  for (const [depth, prefix] of prefixes.entries()) {
    if (depth > 0) state = inheritOpening(state);
    for (let index = (depth === 0 && kept?.entryCount) || prefix.replayFrom; index < prefix.entryCount; ) {
      signal.throwIfAborted();
      const page = await readPage(deps, prefix, { index, bytesMax: RESPONSE_BYTES - bytesInTurn });
      for (const { frames, count } of page) {
        collectState(frames, state);
        index += count;
        bytesInTurn += frames.length;
      }
      // Short prefixes share a turn.
      if (bytesInTurn < TURN_BYTES) continue;
      await nextTurn();
      bytesInTurn = 0;
    }
  }
  state.sessionId = parseId(state.sessionId) ?? segment.sessionId;
  deps.keptStates.keep(own, state);
  return { segment, state };
}

/** What is to be replayed, the oldest first, and the state that is kept of the first of it, if any is. */
async function pathTo(deps: ServiceDeps, segment: SegmentInfo, own: Prefix) {
  const prefixes = [own];
  let kept = await deps.keptStates.find(own);
  if (kept !== undefined) return { prefixes, kept };
  for await (const prefix of inheritedPrefixes(deps, segment)) {
    prefixes.push(prefix);
    kept = await deps.keptStates.find(prefix);
    if (kept !== undefined) break;
  }
  return { prefixes: prefixes.reverse(), kept };
}

function readPage(
  { store }: ServiceDeps,
  { segmentId, entryCount, lastPosition }: Prefix,
  from: { readonly index: number; readonly bytesMax: number },
): Promise<readonly EntryRun[]> {
  const expect = { index: entryCount - 1, position: lastPosition };
  return store.readEntries({ segmentId, fromIndex: from.index, toIndex: entryCount, bytesMax: from.bytesMax, expect });
}
