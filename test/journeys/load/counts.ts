/** What happened in a race. */
export interface Counts {
  /** Units that the writers had to append. */
  appends: number;
  /** Of them, those that were acknowledged. */
  acknowledged: number;
  /** Entries in the acknowledged units. */
  entries: number;
  /** Times that a precondition did not hold. */
  conflicts: number;
  /** Of them, those after which the writer read again and tried again. */
  retries: number;
  /** Of them, those that became a branch. */
  branches: number;
  /** Calls to append whose outcome the writer was not told. */
  unknownOutcomes: number;
  /** Of them, those whose retry got the first answer again. */
  replays: number;
}

/** Nothing has happened yet. */
export function noCounts(): Counts {
  return { appends: 0, acknowledged: 0, entries: 0, conflicts: 0, retries: 0, branches: 0, unknownOutcomes: 0, replays: 0 };
}
