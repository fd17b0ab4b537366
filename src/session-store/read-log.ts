import type { Entry } from "../../gen/seglog/v1/entry_pb.js";
import { readLine } from "./read-line.js";
import { type Chunks, type TextLine, textLines } from "./text-lines.js";
import { tornProblem } from "./torn-line.js";

/** What one line of a log file came to. */
export interface LogLine {
  /** Counts from 1, blank lines included. */
  readonly line: number;
  readonly entries: readonly Entry[];
  /** What did not come in whole, in words for people. Never repeats content. */
  readonly problems: readonly string[];
}

/** Something in a file that did not come in whole. */
export interface LineProblem {
  readonly line: number;
  readonly problem: string;
}

/**
 * Reads a log file line by line. Blank lines are skipped; what is not UTF-8, and a last line that is
 * torn, is left out with a problem. A log without entries, or whose first one is not a start, gives no
 * entries at all, only a problem.
 */
export async function* readLog(chunks: Chunks): AsyncGenerator<LogLine, void, undefined> {
  let lastLine = 0;
  let hasStarted = false;
  let shift = 0;
  for await (const textLine of textLines(chunks)) {
    const { line } = textLine;
    const torn = tornProblem(textLine);
    if (torn !== undefined) {
      yield { line, entries: [], problems: [torn] };
      break;
    }
    const { entries, problems } = readTextLine(textLine);
    const [first] = entries;
    if (!hasStarted && first !== undefined && first.kind.case !== "segmentStart") {
      yield { line, entries: [], problems: [...problems, "the log does not begin with a segment_start: left out as a whole"] };
      return;
    }
    hasStarted ||= first !== undefined;
    shift += entries.length - 1;
    yield { line, entries, problems: [...problems, ...shiftProblems(entries.length, shift)] };
    lastLine = line;
  }
  if (!hasStarted) yield { line: lastLine + 1, entries: [], problems: ["the log has no entries: left out"] };
}

/** Reads a log file as a whole. What is left out as a whole has no entries and one problem at least. */
export async function readWholeLog(chunks: Chunks): Promise<{ entries: Entry[]; report: LineProblem[] }> {
  const entries: Entry[] = [];
  const report: LineProblem[] = [];
  for await (const { line, entries: read, problems } of readLog(chunks)) {
    for (const entry of read) entries.push(entry);
    for (const problem of problems) report.push({ line, problem });
  }
  return { entries, report };
}

function readTextLine({ text }: TextLine): Omit<LogLine, "line"> {
  if (text === undefined) return { entries: [], problems: ["not UTF-8: left out"] };
  const { entries, notes } = readLine(text);
  return { entries, problems: notes };
}

/** Where a line is not one entry, the entries behind it have other indexes than lines before them. */
function shiftProblems(entryCount: number, shift: number): string[] {
  if (entryCount === 1) return [];
  const signed = shift > 0 ? `+${shift}` : String(shift);
  return [`became ${entryCount} entries: from here on indexes differ by ${signed} from those in the file`];
}
