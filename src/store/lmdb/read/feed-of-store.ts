import type { SegmentId } from "../../../model/id.js";
import type { FeedRange } from "../../feed.js";
import type { Reader } from "../engine.js";
import { type EntriesRecord, type FeedRecord, lastPositionOf, recordAtOrBelow, recordsBetween } from "../tables/feed.js";
import { liveHead, type Purge, readPurges } from "../tables/purges.js";
import type { SegmentHead } from "../tables/segment-heads.js";
import { type FeedFinding, runsBehind } from "./feed-items.js";

/** Everything in the store behind a position, as the feed has it; what is being removed is passed over. */
export function* feedOfStore(reader: Reader, range: FeedRange): Iterable<FeedFinding> {
  const purges = readPurges(reader);
  const heads = new Map<SegmentId, SegmentHead | undefined>();
  const headOf = (segmentId: SegmentId) => {
    if (!heads.has(segmentId)) heads.set(segmentId, liveHead(reader, segmentId, purges));
    return heads.get(segmentId);
  };
  for (const record of records(reader, range)) {
    const position = lastPositionOf(record);
    if (record.type !== "entries") {
      yield record.position > range.eventsAfterPosition ? record : { type: "passedOver", position, bytes: 0 };
      continue;
    }
    const head = headOf(record.segmentId);
    if (head === undefined || isCutOff(purges, record)) yield { type: "passedOver", position, bytes: record.frames.length };
    else yield* runsBehind(head.sessionId, record, range);
  }
}

/** Whether a record's entries were cut off their segment and wait to be removed. */
function isCutOff(purges: readonly Purge[], record: EntriesRecord): boolean {
  return purges.some(
    (purge) =>
      purge.type === "tail" &&
      purge.segmentId === record.segmentId &&
      record.firstIndex >= purge.fromIndex &&
      record.position < purge.eventPosition,
  );
}

/** Records with anything behind a position; that one may lie inside the first of them. */
function* records(reader: Reader, range: FeedRange): Iterable<FeedRecord> {
  const first = recordAtOrBelow(reader, range.afterPosition);
  if (first !== undefined && lastPositionOf(first) > range.afterPosition) yield first;
  yield* recordsBetween(reader, { after: range.afterPosition, upTo: range.upToPosition });
}
