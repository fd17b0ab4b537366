import type { Command } from "commander";
import { TraceEntrySchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { parseWhole } from "../arguments.js";
import { clientCommand } from "../client-command.js";
import { flagsError } from "../command-error.js";
import { counted } from "../count-text.js";
import { wholeSegmentId } from "../ids.js";
import { jsonLine, messageLine } from "../json-line.js";
import { print } from "../output.js";
import { paintOf } from "../paint.js";
import { readingStdin } from "../standard-input.js";
import { appendTraceLines } from "../trace/append-trace.js";
import { traceEntryLine } from "../trace/trace-text.js";
import { type ClientContext, type ClientOptions, withClient } from "../with-client.js";

interface TraceOptions extends ClientOptions {
  readonly from?: bigint;
  readonly limit?: bigint;
  readonly append?: boolean;
}

/** `seglog trace`: reads a segment's debug trace, or appends to it. */
export function traceCommand(): Command {
  return clientCommand({
    name: "trace",
    summary: "Show the debug trace of a segment, or append to it.",
    details: "With --append each line of standard input is a record in the JSON form of protobuf.",
    examples: [
      'seglog trace "$SEGMENT" --from 100 --limit 20',
      `echo '{"turn":"1","lifecycle":{"label":"turn_start"}}' | seglog trace "$SEGMENT" --append`,
    ],
  })
    .argument("<segment>", "the segment; the beginning of its id is enough")
    .option("--from <index>", "first record to show (default: 0)", parseWhole)
    .option("--limit <count>", "how many records to show at most (default: all)", parseWhole)
    .option("--append", "append the records that standard input gives")
    .action(runTrace);
}

function runTrace(typed: string, options: TraceOptions): Promise<void> {
  const { append, from, limit } = options;
  if (append === true && (from !== undefined || limit !== undefined))
    throw flagsError("--from and --limit say what to show; --append shows nothing");
  return withClient(options, async (context) => {
    const segmentId = await wholeSegmentId(context, typed);
    await (append === true ? appendRecords(context, segmentId, options) : showRecords(context, segmentId, options));
  });
}

async function showRecords({ client, signal }: ClientContext, segmentId: string, options: TraceOptions): Promise<void> {
  const { from: fromIndex = 0n, limit = 0n, json } = options;
  const paint = paintOf(options);
  let index = fromIndex;
  for await (const { entries } of client.readTrace({ segmentId, fromIndex, limit }, { signal }))
    for (const entry of entries) {
      const part = entry.payload.case === "lifecycle" ? "system" : "faint";
      await print(json === true ? messageLine(TraceEntrySchema, entry) : paint(part, traceEntryLine(index, entry)));
      index++;
    }
}

async function appendRecords(context: ClientContext, segmentId: string, { json }: TraceOptions): Promise<void> {
  const appended = await readingStdin(context.signal, (chunks) => appendTraceLines(context, segmentId, chunks));
  const { addedCount, entryCount } = appended;
  const now = entryCount === undefined ? "" : `; it has ${entryCount} now`;
  const text = `appended to the trace of ${segmentId}: ${counted(addedCount, "record")}${now}`;
  await print(
    json === true
      ? jsonLine({ segmentId, addedCount: String(addedCount), entryCount: entryCount === undefined ? null : String(entryCount) })
      : text,
  );
}
