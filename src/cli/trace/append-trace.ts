import { type TraceEntry, TraceEntrySchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { type Chunks, textLines } from "../../session-store/text-lines.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import { batched } from "../import/import-trace.js";
import { messageOfJson } from "../message-of-json.js";
import type { ClientContext } from "../with-client.js";

/** What an append to a trace came to. */
export interface AppendedTrace {
  readonly addedCount: number;
  /** Records in the trace now; undefined where nothing came. */
  readonly entryCount: bigint | undefined;
}

/** Appends the records that a text gives as JSON, one a line, to a segment's trace. Each batch is stored as a whole. */
export async function appendTraceLines({ client, signal }: ClientContext, segmentId: string, chunks: Chunks): Promise<AppendedTrace> {
  let addedCount = 0;
  let entryCount: bigint | undefined;
  for await (const entries of batched(recordsIn(chunks))) {
    ({ entryCount } = await client.appendTrace({ segmentId, entries }, { signal }));
    addedCount += entries.length;
  }
  return { addedCount, entryCount };
}

async function* recordsIn(chunks: Chunks): AsyncGenerator<TraceEntry, void, undefined> {
  for await (const { line, text } of textLines(chunks)) {
    const where = `line ${line} of standard input`;
    if (text === undefined) throw new CommandError(EXIT.usage, `${where} is not UTF-8`);
    yield messageOfJson(TraceEntrySchema, text, { what: "record of a trace", where, shownBy: "seglog trace SEGMENT --json" });
  }
}
