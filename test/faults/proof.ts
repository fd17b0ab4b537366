/** A program that does its worst to a store or a daemon, and finds out whether a promise holds. */
export interface Proof {
  /** What it is called on the command line. */
  readonly name: string;
  /** The promise, as a sentence. */
  readonly title: string;
  /** Flags of the form that every change runs: a minute or two. */
  readonly short: readonly string[];
  /** Flags of the whole form. */
  readonly full: readonly string[];
  /**
   * Runs it and prints its seed, its counts and what it found.
   *
   * @returns the counts that matter, for one line of the summary
   * @throws CannotRunError where this machine lacks what it takes; any other error is a finding
   */
  readonly run: (flags: readonly string[]) => Promise<string>;
}

/** This machine lacks what a proof takes. */
export class CannotRunError extends Error {
  override readonly name = "CannotRunError";

  /** @param lacking what there is not, such as `root` or `loop devices` */
  constructor(lacking: string) {
    super(`cannot run here: there is no ${lacking}`);
  }
}
