/** Something of a file that did not come in whole, or not as it stood. */
export interface ImportProblem {
  readonly file: string;
  /** Counts from 1; undefined where it is of the file as a whole. */
  readonly line: number | undefined;
  /** In words for people. Never repeats content. */
  readonly problem: string;
}

/** A problem as people and editors read it: by file and line. */
export function problemText({ file, line, problem }: ImportProblem): string {
  return line === undefined ? `${file}: ${problem}` : `${file}:${line}: ${problem}`;
}

/** A problem of a file that is being read. */
export type LogProblem = Omit<ImportProblem, "file">;

/** Takes problems as they are found. */
export type Report = (problem: LogProblem) => void;
