import { type Command, Option } from "commander";
import type { Entry } from "../../../gen/seglog/v1/entry_pb.js";
import { type AppendResponse, AppendResponseSchema, OnConflict } from "../../../gen/seglog/v1/segment_service_pb.js";
import { HeadMismatchError } from "../../client/client-error.js";
import { type Chunks, textLines } from "../../session-store/text-lines.js";
import { adviceOn } from "../advice.js";
import { appendBatches } from "../append/append-batches.js";
import { batches } from "../append/batches.js";
import { entryOfJson } from "../append/entry-lines.js";
import { parseWhole } from "../arguments.js";
import { clientCommand } from "../client-command.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import { wholeSegmentId } from "../ids.js";
import { messageLine } from "../json-line.js";
import { print } from "../output.js";
import { readingStdin } from "../standard-input.js";
import { type ClientOptions, withClient } from "../with-client.js";

const BATCH_LIMITS = { entriesMax: 1000, bytesMax: 3 * 1024 * 1024, idleMs: 100 };

interface AppendOptions extends ClientOptions {
  readonly expect?: bigint;
  readonly onConflict: "fail" | "fork";
}

/** `seglog append`: appends the entries that standard input gives as JSON. */
export function appendCommand(): Command {
  const onConflict = new Option("--on-conflict <what>", "where the segment is not as expected: fail, or fork and append there");
  return clientCommand({
    name: "append",
    summary: "Append entries from standard input.",
    details:
      "Each line is an entry in the JSON form of protobuf. Says where the entries went; those before a line that is none are stored.",
    examples: [
      `echo '{"userInput":{"pieces":[{"text":"hello"}]}}' | seglog append "$SEGMENT"`,
      'seglog append "$SEGMENT" --expect 4 --on-conflict fork < entries.jsonl',
    ],
  })
    .argument("<segment>", "the segment to append to, by its id or the beginning of it")
    .option("--expect <count>", "entries that the segment is expected to have", parseWhole)
    .addOption(onConflict.choices(["fail", "fork"]).default("fail"))
    .action(runAppend);
}

function runAppend(typed: string, options: AppendOptions): Promise<void> {
  return withClient(options, async (context) => {
    const onConflict = options.onConflict === "fork" ? OnConflict.FORK : OnConflict.FAIL;
    const segmentId = await wholeSegmentId(context, typed);
    const target = { segmentId, entryCount: options.expect, onConflict };
    const stored: Stored[] = [];
    try {
      await readingStdin(context.signal, async (chunks) => {
        for await (const answer of appendBatches(context, target, batches(entriesFrom(chunks), BATCH_LIMITS))) {
          addTo(stored, answer);
          if (options.json === true) await print(messageLine(AppendResponseSchema, answer));
        }
      });
      if (options.json !== true && stored.length === 0) await print(`appended to ${segmentId}: 0 entries`);
    } catch (error) {
      throw error instanceof HeadMismatchError && options.onConflict === "fail" ? orBeside(error) : error;
    } finally {
      if (options.json !== true) for (const place of stored) await print(storedText(place));
    }
  });
}

/** A conflict, with what append alone can do about it. */
function orBeside(error: HeadMismatchError): CommandError {
  return new CommandError(EXIT.conflict, error.message, error, [
    ...adviceOn(error),
    "or append beside what came in between with --on-conflict fork",
  ]);
}

async function* entriesFrom(chunks: Chunks): AsyncGenerator<Entry, void, undefined> {
  for await (const { line, text } of textLines(chunks)) {
    if (text === undefined) throw new CommandError(EXIT.usage, `line ${line} of standard input is not UTF-8`);
    yield entryOfJson(text, line);
  }
}

/** A run of entries that went to one segment. */
interface Stored {
  readonly segmentId: string;
  readonly forked: boolean;
  readonly firstIndex: bigint;
  entryCount: bigint;
}

function addTo(stored: Stored[], { segmentId, forked, firstIndex, entryCount }: AppendResponse): void {
  const last = stored.at(-1);
  if (last?.segmentId === segmentId && last.entryCount === firstIndex) last.entryCount = entryCount;
  else stored.push({ segmentId, forked, firstIndex, entryCount });
}

function storedText({ segmentId, forked, firstIndex, entryCount }: Stored): string {
  const count = entryCount - firstIndex;
  const what = count === 1n ? `1 entry, index ${firstIndex}` : `${count} entries, indexes ${firstIndex} to ${entryCount - 1n}`;
  return `${forked ? "conflict: appended to the fork" : "appended to"} ${segmentId}: ${what}`;
}
