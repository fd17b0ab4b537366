import type { Command } from "commander";
import type { Segment } from "../../../gen/seglog/v1/segment_pb.js";
import { TruncateSegmentResponseSchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { parseCount, parseWhole } from "../arguments.js";
import { type AskOptions, ask, checkCanAsk } from "../ask.js";
import { askedSegment } from "../asked-segment.js";
import { clientCommand } from "../client-command.js";
import { counted } from "../count-text.js";
import { checkDependents, orSayDependents } from "../dependents.js";
import { messageLine } from "../json-line.js";
import { print } from "../output.js";
import { newRequestId } from "../request-id.js";
import { type ClientOptions, withClient } from "../with-client.js";

interface TruncateOptions extends ClientOptions, AskOptions {
  readonly entries: bigint;
  readonly expect?: bigint;
}

/** `seglog truncate`: cuts a segment back. */
export function truncateCommand(): Command {
  return clientCommand({
    name: "truncate",
    summary: "Cut a segment back to its first entries.",
    details: "What goes cannot be had back. Asks before, on a terminal. What forks are based on stays.",
    examples: ['seglog truncate "$SEGMENT" --entries 12', 'seglog truncate "$SEGMENT" --entries 12 --expect 15 --yes'],
  })
    .argument("<segment>", "the segment; the beginning of its id is enough")
    .requiredOption("--entries <count>", "entries to keep, at least 1", parseCount)
    .option("--expect <count>", "entries that the segment is expected to have", parseWhole)
    .option("--yes", "do not ask")
    .action(runTruncate);
}

function runTruncate(typed: string, options: TruncateOptions): Promise<void> {
  checkCanAsk(options);
  return withClient(options, async (context) => {
    const { client, signal } = context;
    const segment = await askedSegment(context, typed);
    const { segmentId } = segment;
    const cut = { segment, keptCount: options.entries };
    if (isToAsk(segment, options)) {
      await checkDependents(context, cut);
      await ask(
        `take away ${counted(segment.entryCount - cut.keptCount, "entry")} of ${segment.entryCount} of segment ${segmentId}?`,
        signal,
      );
    }
    const request = { segmentId, entryCount: cut.keptCount, precondition: precondition(segment, options), requestId: newRequestId() };
    const answer = await orSayDependents(context, cut, () => client.truncateSegment(request, { signal }));
    const { removedCount } = answer;
    await print(
      options.json === true
        ? messageLine(TruncateSegmentResponseSchema, answer)
        : `${segmentId}: took away ${counted(removedCount, "entry")}, kept ${cut.keptCount}`,
    );
  });
}

/** Where nothing would go there is nothing to ask: the daemon says what is wrong, or does nothing. */
function isToAsk({ entryCount }: Segment, { yes, entries, expect }: TruncateOptions): boolean {
  return yes !== true && entries < entryCount && (expect === undefined || expect === entryCount);
}

/** What somebody said yes to is what was there then. */
function precondition({ entryCount, headPosition }: Segment, { yes, expect }: TruncateOptions) {
  if (yes !== true) return { entryCount: expect ?? entryCount, headPosition };
  return expect === undefined ? {} : { entryCount: expect };
}
