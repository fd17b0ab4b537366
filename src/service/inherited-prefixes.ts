import { isSeglogError, segmentChanged } from "../model/errors.js";
import type { Base, SegmentInfo } from "../store/segment-info.js";
import type { ServiceDeps } from "./deps.js";
import type { Prefix } from "./prefix.js";

/**
 * What a segment inherits, base after base, the nearest first. A base is older than its fork, so this ends.
 *
 * @throws SeglogError SEGMENT_CHANGED where the segment, which alone keeps its bases, was deleted meanwhile
 */
export async function* inheritedPrefixes(deps: ServiceDeps, segment: SegmentInfo): AsyncGenerator<Prefix, void> {
  for (let { base } = segment; base !== undefined; ) {
    const { prefix, base: next } = await prefixOf(deps, base, segment);
    yield prefix;
    base = next;
  }
}

async function prefixOf(
  deps: ServiceDeps,
  base: Base,
  heir: SegmentInfo,
): Promise<{ readonly prefix: Prefix; readonly base: Base | undefined }> {
  try {
    const { segment, entryCount, lastPosition } = await deps.store.resolvePoint(base.segmentId, {
      entryCount: base.entryCount,
      onMissingTurn: "fail",
    });
    const replayFrom = segment.base === undefined ? 0 : 1;
    return { prefix: { segmentId: base.segmentId, entryCount, lastPosition, replayFrom }, base: segment.base };
  } catch (error) {
    const isGone = isSeglogError(error, "SEGMENT_NOT_FOUND") || isSeglogError(error, "PAST_HEAD");
    throw isGone ? segmentChanged(heir.segmentId) : error;
  }
}
