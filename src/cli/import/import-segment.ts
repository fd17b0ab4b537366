import { createReadStream } from "node:fs";
import { parseSegmentId, parseSessionId } from "../../model/id.js";
import type { Chunks } from "../../session-store/text-lines.js";
import { errorCode } from "../../store/error-code.js";
import type { ClientContext } from "../with-client.js";
import type { SegmentFiles } from "./find-segments.js";
import { type ImportOptions, importLog } from "./import-log.js";
import type { ImportProblem, LogProblem } from "./import-problem.js";
import { importTrace } from "./import-trace.js";

/** What the import of one segment's files came to. */
export interface ImportedSegment {
  readonly sessionId: string;
  readonly segmentId: string;
  /** `leftOut` where nothing of its log is here by this import. */
  readonly outcome: "added" | "unchanged" | "leftOut";
  readonly addedCount: bigint;
  /** Entries of the segment now; undefined where it was left out. */
  readonly entryCount: bigint | undefined;
  readonly traceAddedCount: number;
  readonly problems: readonly ImportProblem[];
}

/** What the imports of all segments have in common. */
export type ImportSettings = Pick<ImportOptions, "limits" | "onEntry">;

const CHUNK_BYTES = 256 * 1024;

/** Imports the log of one segment, and behind it its trace. */
export async function importSegment(context: ClientContext, files: SegmentFiles, settings: ImportSettings): Promise<ImportedSegment> {
  const { session, segment, logPath, tracePath } = files;
  const target = { sessionId: parseSessionId(session), segmentId: parseSegmentId(segment) };
  const problems: ImportProblem[] = [];
  const optionsFor = (path: string): ImportOptions => ({ target, ...settings, open: () => chunksOf(path) });
  const tell = (file: string, found: readonly LogProblem[]) => problems.push(...found.map((problem) => ({ file, ...problem })));

  const log = logPath === undefined ? undefined : await unlessUnreadable(() => importLog(context, optionsFor(logPath)));
  if (logPath !== undefined && log !== undefined) tell(logPath, log.problems);
  let traceAddedCount = 0;
  if (tracePath !== undefined && log?.entryCount === undefined) {
    tell(tracePath, [{ line: undefined, problem: "a trace whose log is not here: left out" }]);
  } else if (tracePath !== undefined) {
    const trace = await unlessUnreadable(() => importTrace(context, optionsFor(tracePath)));
    tell(tracePath, trace.problems);
    traceAddedCount = trace.addedCount ?? 0;
  }
  const addedCount = log?.addedCount ?? 0n;
  const entryCount = log?.entryCount;
  const outcome = entryCount === undefined ? "leftOut" : addedCount > 0n ? "added" : "unchanged";
  return { ...target, outcome, addedCount, entryCount, traceAddedCount, problems };
}

function chunksOf(path: string): Chunks {
  return createReadStream(path, { highWaterMark: CHUNK_BYTES });
}

/** A file that cannot be read is left out, and the others come in. */
async function unlessUnreadable<Outcome>(run: () => Promise<Outcome>): Promise<Outcome | Unreadable> {
  try {
    return await run();
  } catch (error) {
    const isOfFile = error instanceof Error && "syscall" in error && "path" in error;
    if (!isOfFile) throw error;
    return { problems: [{ line: undefined, problem: `cannot be read (${errorCode(error)}): left out` }] };
  }
}

interface Unreadable {
  readonly problems: readonly LogProblem[];
  readonly addedCount?: undefined;
  readonly entryCount?: undefined;
}
