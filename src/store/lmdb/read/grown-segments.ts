import type { SegmentId, SessionId } from "../../../model/id.js";
import type { FeedRange } from "../../feed.js";
import type { Reader } from "../engine.js";
import { recordAtOrBelow, recordsBetween } from "../tables/feed.js";
import { members } from "../tables/membership.js";
import { BrokenSealError } from "../values/sealed.js";

/** Most segments of a session that are all looked at, whatever the range. */
const SEGMENTS_FEW = 16;

/** Most records of the feed that are gone through to find out which segments grew. */
const RECORDS_MAX = 512;

/** Most bytes of entries in them, for all are checked. */
const BYTES_MAX = 2 * 1024 * 1024;

/**
 * Segments, each once, that hold every entry of a session in a range. Others may be among them.
 *
 * A session may have thousands of segments, of which a tail that follows has to know, at each commit, the
 * one or two that grew. So where the range is short they are taken from the feed itself; where much lies
 * in it, all of the session's are, for they are asked less often then.
 */
export function grownSegments(reader: Reader, sessionId: SessionId, range: FeedRange): Iterable<SegmentId> {
  let count = 0;
  for (const _ of members(reader, sessionId)) {
    if (++count > SEGMENTS_FEW) return fromFeed(reader, range) ?? members(reader, sessionId);
  }
  return members(reader, sessionId);
}

/** The segments of whatever lies in a range; undefined where that is a lot, or damaged: it may be another session's. */
function fromFeed(reader: Reader, { afterPosition, upToPosition }: FeedRange): Iterable<SegmentId> | undefined {
  const found = new Set<SegmentId>();
  let records = 0;
  let bytes = 0;
  try {
    const first = recordAtOrBelow(reader, afterPosition); // the range may begin inside it
    if (first?.type === "entries") found.add(first.segmentId);
    for (const record of recordsBetween(reader, { after: afterPosition, upTo: upToPosition })) {
      if (record.type !== "entries") continue;
      found.add(record.segmentId);
      bytes += record.frames.length;
      if (++records === RECORDS_MAX || bytes > BYTES_MAX) return undefined;
    }
    return found;
  } catch (error) {
    if (error instanceof BrokenSealError) return undefined;
    throw error;
  }
}
