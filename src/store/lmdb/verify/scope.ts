/** How much of a store is looked at. */
export interface Scope {
  /** Leaves of trees that are looked into, the newest first. */
  readonly leafPagesMax: number;
  /** Records of the feed, the newest first. */
  readonly recordsMax: number;
  /** Heads of segments, the newest first. */
  readonly headsMax: number;
  /** Keys that a table may have to be looked at. */
  readonly keysMax: number;
  /** Whether entries are held to the contract, and replayed. */
  readonly replays: boolean;
}

/** What `serve` looks at before it opens a store: takes well under a second, however large that is. */
export const QUICK: Scope = { leafPagesMax: 1024, recordsMax: 1000, headsMax: 500, keysMax: 20_000, replays: false };

/** Everything. */
export const DEEP: Scope = { leafPagesMax: Infinity, recordsMax: Infinity, headsMax: Infinity, keysMax: Infinity, replays: true };
