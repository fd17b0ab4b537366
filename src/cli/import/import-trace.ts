import { toBinary } from "@bufbuild/protobuf";
import { type TraceEntry, TraceEntrySchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { RESPONSE_BYTES } from "../../model/limits.js";
import { readTrace, writeTraceLine } from "../../session-store/trace-line.js";
import { traceLines } from "../export/trace-lines.js";
import type { ClientContext } from "../with-client.js";
import type { ImportOptions } from "./import-log.js";
import type { LogProblem, Report } from "./import-problem.js";

/** What the import of a trace came to. */
export interface ImportedTrace {
  readonly addedCount: number;
  readonly problems: readonly LogProblem[];
}

/** Records in one request, and bytes of them unless a single one is larger. */
const BATCH_ENTRIES_MAX = 1000;

/**
 * Brings one trace file in behind its log: records that are there already are compared, in the form
 * that the file has, and what the file has beyond them is added. A trace that differs is reported and
 * left as it is here.
 */
export async function importTrace(context: ClientContext, options: ImportOptions): Promise<ImportedTrace> {
  const problems: LogProblem[] = [];
  const report: Report = (problem) => problems.push(problem);
  let addedCount = 0;
  for await (const entries of batched(missingRecords(context, options, report))) {
    await context.client.appendTrace({ segmentId: options.target.segmentId, entries }, { signal: context.signal });
    addedCount += entries.length;
  }
  return { addedCount, problems };
}

/** What the file has behind what is stored. */
async function* missingRecords(
  context: ClientContext,
  { target, limits, open }: ImportOptions,
  report: Report,
): AsyncGenerator<TraceEntry> {
  const stored = traceLines(context, target.segmentId);
  try {
    for await (const { line, entry, problems } of readTrace(open())) {
      for (const problem of problems) report({ line, problem });
      if (entry === undefined) continue;
      const same = await nextLine(stored);
      if (same !== undefined && same !== writeTraceLine(entry)) {
        report({ line, problem: "differs from the trace that is here: left out, with all that follows it" });
        return;
      }
      if (same !== undefined) continue;
      const bytes = toBinary(TraceEntrySchema, entry).length;
      if (bytes > limits.entryBytesMax) {
        report({ line, problem: `has ${bytes} bytes, the limit is ${limits.entryBytesMax}: left out, with all that follows it` });
        return;
      }
      yield entry;
    }
  } finally {
    await stored.return(undefined);
  }
}

/** The next stored record that has a line: what has none was never in a file. */
async function nextLine(stored: AsyncIterator<string | undefined, void>): Promise<string | undefined> {
  for (let next = await stored.next(); next.done !== true; next = await stored.next()) {
    if (next.value !== undefined) return next.value;
  }
  return undefined;
}

/** Records in batches, each as large as one request takes well. */
export async function* batched(records: AsyncIterable<TraceEntry>): AsyncGenerator<TraceEntry[], void, undefined> {
  let batch: TraceEntry[] = [];
  let batchBytes = 0;
  for await (const record of records) {
    const bytes = toBinary(TraceEntrySchema, record).length;
    if (batch.length === BATCH_ENTRIES_MAX || (batch.length > 0 && batchBytes + bytes > RESPONSE_BYTES)) {
      yield batch;
      batch = [];
      batchBytes = 0;
    }
    batch.push(record);
    batchBytes += bytes;
  }
  if (batch.length > 0) yield batch;
}
