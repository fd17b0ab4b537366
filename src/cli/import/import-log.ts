import { SegmentClientError } from "../../client/client-error.js";
import type { Limits } from "../../model/limits.js";
import type { Chunks } from "../../session-store/text-lines.js";
import { following } from "../following.js";
import type { ClientContext } from "../with-client.js";
import type { LogProblem } from "./import-problem.js";
import { type ImportTarget, importRequests } from "./import-requests.js";
import { type LogEntry, logEntries, type SizedEntry } from "./log-entries.js";
import { DiffersError, entriesOverStored } from "./over-stored.js";

/** What an import needs besides the file. */
export interface ImportOptions {
  readonly target: ImportTarget;
  readonly limits: Limits;
  /** Opens the file; it may be read more than once. */
  readonly open: () => Chunks;
  /** Is told how many entries of the file have been read; from 1 again where it is read again. */
  readonly onEntry?: (count: number) => void;
}

/** What an import came to. */
export interface ImportedLog {
  readonly addedCount: bigint;
  /** Entries of the segment now; undefined where the log was left out. */
  readonly entryCount: bigint | undefined;
  readonly problems: readonly LogProblem[];
}

/**
 * Brings one log file in: what is there already is compared, what is missing added.
 *
 * 1. The daemon compares entry by entry.
 * 2. Where it finds a difference, both are compared in the form that the file has: a segment that was
 *    exported, with its base filled in and its opening in other parts, is the same segment.
 *
 * What is another log is reported and left out. Errors that are not of this log are thrown.
 */
export async function importLog(context: ClientContext, options: ImportOptions): Promise<ImportedLog> {
  const compared = await tryImport(context, options, partsOf);
  if (compared !== "differs") return compared;
  const { segmentId } = options.target;
  const reconciled = await tryImport(context, options, (entries) => entriesOverStored(context, segmentId, entries));
  if (reconciled !== "differs") return reconciled;
  return leftOut([{ line: undefined, problem: "the segment changed while it was compared: left out; import again" }]);
}

type Entries = (entries: AsyncIterable<LogEntry>) => AsyncIterable<SizedEntry>;

async function tryImport(context: ClientContext, options: ImportOptions, entriesOf: Entries): Promise<ImportedLog | "differs"> {
  const { target, limits, onEntry } = options;
  const problems: LogProblem[] = [];
  const entries = logEntries(options.open(), { limits, sessionId: target.sessionId, report: (problem) => problems.push(problem) });
  const requests = importRequests(target, entriesOf(told(entries, onEntry)), limits);
  try {
    const first = await requests.next();
    // The daemon would refuse an import of nothing; why there is nothing has been reported.
    if (first.done === true) return leftOut(problems);
    const { segment, addedCount } = await context.client.importSegment(following(first.value, requests), { signal: context.signal });
    return { addedCount, entryCount: segment?.entryCount ?? 0n, problems };
  } catch (error) {
    if (error instanceof DiffersError) return leftOut([...problems, { line: error.line, problem: error.message }]);
    if (!(error instanceof SegmentClientError)) throw error;
    if (error.reason === "SEGMENT_DIFFERS") return "differs";
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    return leftOut([...problems, { line: undefined, problem: `${problem}: left out` }]);
  } finally {
    await requests.return();
  }
}

async function* told(entries: AsyncIterable<LogEntry>, onEntry: ImportOptions["onEntry"]): AsyncGenerator<LogEntry, void, undefined> {
  let count = 0;
  for await (const entry of entries) {
    onEntry?.(++count);
    yield entry;
  }
}

async function* partsOf(entries: AsyncIterable<LogEntry>): AsyncGenerator<SizedEntry, void, undefined> {
  for await (const { parts } of entries) yield* parts;
}

function leftOut(problems: readonly LogProblem[]): ImportedLog {
  return { addedCount: 0n, entryCount: undefined, problems };
}

/** What is wrong with this segment alone, so that the others can still come in. */
function problemOf({ reason, message }: SegmentClientError): string | undefined {
  return reason === "SEGMENT_EXISTS" || reason === "CHECKSUM_MISMATCH" || reason === "BASE_NOT_FOUND" ? message : undefined;
}
