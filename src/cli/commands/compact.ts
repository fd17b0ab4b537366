import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Command, Option } from "commander";
import type { ItemSchema } from "../../../gen/seglog/v1/entry_pb.js";
import { SegmentSchema } from "../../../gen/seglog/v1/segment_pb.js";
import { parseWhole } from "../arguments.js";
import { clientCommand } from "../client-command.js";
import { flagsError } from "../command-error.js";
import { keptState, SUMMARY_ROLES, summaryItem } from "../compact/compacted-state.js";
import { historyItems } from "../compact/history-items.js";
import { wholeSegmentId } from "../ids.js";
import { inputName, inputText, STDIN } from "../input-text.js";
import { messageLine } from "../json-line.js";
import { originText } from "../origin-text.js";
import { noteOnTerminal, print } from "../output.js";
import { newRequestId } from "../request-id.js";
import { type ClientOptions, withClient } from "../with-client.js";

interface CompactOptions extends ClientOptions {
  readonly summary?: string;
  readonly role: keyof typeof SUMMARY_ROLES;
  readonly history?: string;
  readonly atTurn?: bigint;
  readonly expect?: bigint;
  readonly newSegment?: string;
}

/** `seglog compact`: compacts a segment and prints the new one's id alone, so that a shell can keep it. */
export function compactCommand(): Command {
  const role = new Option("--role <role>", "who says the summary").choices(Object.keys(SUMMARY_ROLES)).default("user");
  return clientCommand({
    name: "compact",
    summary: "Create a segment that stands for another in shorter form, and print its id.",
    details: "It keeps the system prompt and the configuration, and has the history that you give. The source stays as it is.",
    examples: [
      'SHORT=$(seglog compact "$SEGMENT" --summary "We planted beans.")',
      `echo '{"message":{"role":"ROLE_USER","content":[{"text":"hello"}]}}' | seglog compact "$SEGMENT" --history -`,
    ],
  })
    .argument("<segment>", "the segment to compact; the beginning of its id is enough")
    .option("--summary <text>", "a history of one message; - reads it from standard input")
    .addOption(role)
    .option("--history <file>", "a history of items as JSON, in an array or one a line; - reads standard input")
    .option("--at-turn <number>", "turn that the new state stands for (default: the last of the segment)", parseWhole)
    .option("--expect <count>", "entries that the segment is expected to have", parseWhole)
    .option("--new-segment <id>", "id of the new segment (default: a new one)")
    .action(runCompact);
}

function runCompact(typed: string, options: CompactOptions): Promise<void> {
  const { atTurn, expect, newSegment: newSegmentId } = options;
  if ((options.summary === undefined) === (options.history === undefined))
    throw flagsError("wanted the new history: --summary or --history, and one of them");
  return withClient(options, async (context) => {
    const { client, signal } = context;
    const segmentId = await wholeSegmentId(context, typed);
    const history = await newHistory(options, signal);
    const request = {
      segmentId,
      state: { ...(await keptState(context, segmentId)), history },
      requestId: newRequestId(),
      ...(atTurn !== undefined && { atTurn }),
      ...(expect !== undefined && { precondition: { entryCount: expect } }),
      ...(newSegmentId !== undefined && { newSegmentId }),
    };
    const { segment } = await client.compactSegment(request, { signal });
    if (segment === undefined) return;
    await print(options.json === true ? messageLine(SegmentSchema, segment) : segment.segmentId);
    if (options.json !== true) noteOnTerminal(originText(segment));
  });
}

async function newHistory({ summary, history, role }: CompactOptions, signal: AbortSignal): Promise<MessageInitShape<typeof ItemSchema>[]> {
  if (history !== undefined) return historyItems(await inputText(history, signal), inputName(history));
  const text = summary === STDIN ? (await inputText(STDIN, signal)).replace(/\n$/, "") : (summary ?? "");
  return [summaryItem(text, role)];
}
