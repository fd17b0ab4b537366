import type { EntriesRecord, FeedRecord } from "../tables/feed.js";
import type { Behind } from "./state-behind.js";

/** A check that goes through the records of the feed, all of them together in one pass, the newest first. */
export interface RecordCheck {
  /** Looks at one that proves intact by itself, and at what its entries come to, where it holds any. */
  look(record: FeedRecord, behind: Behind | undefined): void;
  /** Hears of one that is damaged, at its place in the pass. */
  miss?(position: number): void;
  /** Looks at what only shows in the end; where the pass left records out, `isWhole` is false. */
  finish?(isWhole: boolean): void;
}

/** Whether a record holds entries. */
export function isEntries(record: FeedRecord): record is EntriesRecord {
  return record.type === "entries";
}
