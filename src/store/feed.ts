import type { SegmentId, SessionId } from "../model/id.js";
import type { EntryRun } from "./store-reads.js";

/** What a feed says besides entries. */
export type FeedEvent = {
  readonly position: number;
  /** That the session belonged to: its id may have been used in another one before, or since. */
  readonly namespace: string;
  readonly sessionId: SessionId;
} & (
  | { readonly type: "segmentTruncated"; readonly segmentId: SegmentId; readonly entryCount: number }
  | { readonly type: "segmentDeleted"; readonly segmentId: SegmentId }
  | { readonly type: "sessionDeleted" }
);

/** One thing in a feed. */
export type FeedItem = ({ readonly type: "entries" } & EntryRun) | FeedEvent;

/** What a feed covers. A segment's feed gives the deletion of its session too. */
export type FeedScope =
  | { readonly type: "store" }
  | { readonly type: "namespace"; readonly namespace: string }
  | { readonly type: "session"; readonly sessionId: SessionId }
  | { readonly type: "segment"; readonly sessionId: SessionId; readonly segmentId: SegmentId };

/** Which part of a feed to read. */
export interface FeedRange {
  readonly scope: FeedScope;
  /** Everything up to here is known. */
  readonly afterPosition: number;
  /** Nothing behind this; a position that was the store's head once. */
  readonly upToPosition: number;
  /** Truncations and deletions only behind this position. */
  readonly eventsAfterPosition: number;
  /** Read so many bytes at most, unless a single entry is larger. */
  readonly bytesMax: number;
}

/** A part of a feed, in order of position. */
export interface FeedPage {
  readonly items: readonly FeedItem[];
  /** Everything in scope up to here is in the items; `upToPosition` where the end was reached. */
  readonly position: number;
}

/** What became of a scope: it is there, or it was deleted at a position. */
export interface ScopeFate {
  readonly exists: boolean;
  /** The last deletion of the segment, by itself or with its session, or of the session. A segment may have been in another one then. */
  readonly deletion: FeedEvent | undefined;
}

/** What a commit changed, for those who wait. */
export interface CommitNotice {
  /** Position of the last thing committed. */
  readonly headPosition: number;
  /** The segments whose feed grew. */
  readonly grown: readonly Grown[];
}

/** A segment whose feed grew; a deleted session stands without a segment. */
export interface Grown {
  readonly namespace: string;
  readonly sessionId: SessionId;
  readonly segmentId: SegmentId | undefined;
}
