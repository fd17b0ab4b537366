import type { FeedItem, FeedPage, FeedRange, FeedScope } from "../../feed.js";
import type { View } from "../view.js";
import { type FeedFinding, lastPositionOf } from "./feed-items.js";
import { feedOfSegments } from "./feed-of-segments.js";
import { feedOfStore } from "./feed-of-store.js";

/** Most findings of one page, so that no read holds others up for long. */
const FINDINGS_MAX = 4096;

/** What an item weighs besides its entries: ids and lengths, rounded up. In bytes. */
const ITEM_BYTES = 64;

/** Reads a part of a feed. See SegmentStore.readFeed. */
export function readFeed(view: View, range: FeedRange): FeedPage {
  const items: FeedItem[] = [];
  let bytesLeft = range.bytesMax;
  let findingsLeft = FINDINGS_MAX;
  let position = range.afterPosition;
  for (const finding of findingsOf(view, range.scope, range)) {
    const bytes = bytesOf(finding);
    const isFirst = findingsLeft === FINDINGS_MAX;
    if (!isFirst && (bytes > bytesLeft || findingsLeft === 0)) return { items, position };
    if (finding.type !== "passedOver") items.push(finding);
    bytesLeft -= bytes;
    findingsLeft--;
    position = lastPositionOf(finding);
  }
  return { items, position: range.upToPosition };
}

function findingsOf(view: View, scope: FeedScope, range: FeedRange): Iterable<FeedFinding> {
  return "sessionId" in scope ? feedOfSegments(view, scope, range) : feedOfStore(view, scope, range);
}

function bytesOf(finding: FeedFinding): number {
  switch (finding.type) {
    case "entries":
      return ITEM_BYTES + finding.frames.length;
    case "passedOver":
      return ITEM_BYTES + finding.bytes;
    default:
      return ITEM_BYTES;
  }
}
