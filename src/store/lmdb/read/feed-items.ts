import type { SessionId } from "../../../model/id.js";
import type { FeedItem, FeedRange } from "../../feed.js";
import type { EntriesRecord } from "../tables/feed.js";
import { sliceRun } from "./slice-run.js";

/** What was looked at and is not in the feed: it takes its time too, and the reader is past it. */
export interface PassedOver {
  readonly type: "passedOver";
  /** Position of the last thing in it. */
  readonly position: number;
  readonly bytes: number;
}

/** One thing on the way through a feed. */
export type FeedFinding = FeedItem | PassedOver;

/** A record's entries behind a position, in runs of as many bytes as a page holds, unless a single entry is larger. */
export function* runsBehind(sessionId: SessionId, record: EntriesRecord, range: FeedRange): Iterable<FeedItem> {
  let from = Math.max(0, range.afterPosition + 1 - record.position);
  while (from < record.count) {
    const run = sliceRun(sessionId, record, { from, to: record.count, bytesMax: range.bytesMax });
    yield { type: "entries", ...run };
    from += run.count;
  }
}

/** Position of the first thing in a finding. */
export function firstPositionOf(finding: FeedFinding): number {
  return finding.type === "entries" ? finding.firstPosition : finding.position;
}

/** Position of the last thing in a finding. */
export function lastPositionOf(finding: FeedFinding): number {
  return finding.type === "entries" ? finding.firstPosition + finding.count - 1 : finding.position;
}
