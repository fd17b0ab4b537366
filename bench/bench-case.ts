import type { Row } from "./row.js";

/** How a run of the bench goes. */
export interface BenchContext {
  /** Fewer runs and smaller counts: the whole takes about three minutes. */
  readonly isQuick: boolean;
  /** How often each contender is measured, in turn with the others. */
  readonly runs: number;
  /** A folder for the case alone, on the disk that is measured; it is removed behind the case. */
  readonly folder: string;
  /** Prints a line under the case: what was left out and why, who used the processor. */
  note(line: string): void;
}

/** One thing that is measured beside its floor and its peers. */
export interface BenchCase {
  /** What stands in the table, and what `--only` looks for. */
  readonly name: string;
  /** Whether `--quick` runs it. */
  readonly isQuick: boolean;
  /** Measures and gives one row or several. Stops all that it started, also where it fails. */
  run(context: BenchContext): Promise<readonly Row[]>;
}
