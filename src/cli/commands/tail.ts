import type { Command } from "commander";
import { SegmentClientError } from "../../client/client-error.js";
import { parseWhole } from "../arguments.js";
import { clientCommand } from "../client-command.js";
import { note, print } from "../output.js";
import { jsonLines, textLines } from "../tail/tail-lines.js";
import { type AskedTail, askedTail, KIND_NAMES, type TailFlags } from "../tail/tail-request.js";
import { type ClientContext, type ClientOptions, withClient } from "../with-client.js";

/** Entries of a segment that are shown where nobody says where to begin. */
const LAST_ENTRIES = 10n;

interface TailOptions extends ClientOptions, Omit<TailFlags, "segmentId"> {
  readonly once?: boolean;
}

/** `seglog tail`: follows a segment, a session or the store as it grows. */
export function tailCommand(): Command {
  return clientCommand({
    name: "tail",
    summary: "Follow a segment, a session or the store.",
    details: "Prints what is there from where you begin, then what comes.",
    examples: ['seglog tail "$SEGMENT"', 'seglog tail --session "$SESSION" --from beginning --kinds user_input,turn_end --json'],
  })
    .argument("[segment]", "the segment to follow")
    .option("--session <id>", "follow a session, with the segments that come")
    .option("--store", "follow the whole store")
    .option(
      "--from <where>",
      `beginning, end, or an index of the segment (default: the last ${LAST_ENTRIES} entries of a segment; end otherwise)`,
    )
    .option("--after <position>", "begin after this position of the store", parseWhole)
    .option("--resume <token>", "go on behind the message that carried this resumeToken; see --json")
    .option("--kinds <kinds>", `only entries of these kinds, with commas between: ${KIND_NAMES.join(", ")}`)
    .option("--once", "end once everything that is there has been printed")
    .action(runTail);
}

function runTail(segmentId: string | undefined, options: TailOptions): Promise<void> {
  const asked = askedTail({ ...options, segmentId });
  return withClient(options, async (context) => {
    const progress: Progress = { resumeToken: undefined };
    try {
      await follow(context, asked, options, progress);
    } catch (error) {
      if (!context.signal.aborted) tellWhereToResume(error, progress);
      throw error;
    }
  });
}

/** How far a tail has come. */
interface Progress {
  resumeToken: string | undefined;
}

async function follow(context: ClientContext, asked: AskedTail, { json, once }: TailOptions, progress: Progress): Promise<void> {
  const { scope, kinds } = asked;
  const isOneSegment = scope.case === "segmentId";
  const request = { scope, kinds, start: asked.start ?? (await defaultStart(context, asked)) };
  for await (const message of context.client.tail(request, { signal: context.signal })) {
    const lines = json === true ? jsonLines(message) : textLines(message, { isOneSegment });
    for (const line of lines) await print(line);
    progress.resumeToken = message.resumeToken;
    if (once === true && message.event.case === "caughtUp") return;
  }
}

async function defaultStart({ client, signal }: ClientContext, { scope }: AskedTail): Promise<NonNullable<AskedTail["start"]>> {
  if (scope.case !== "segmentId") return { case: undefined };
  const { segment } = await client.getSegment({ segmentId: scope.value }, { signal });
  const entryCount = segment?.entryCount ?? 0n;
  return { case: "fromIndex", value: entryCount > LAST_ENTRIES ? entryCount - LAST_ENTRIES : 0n };
}

/** Only what a daemon ends can be gone on with; who made a wrong call has to make another one. */
function tellWhereToResume(error: unknown, { resumeToken }: Progress): void {
  if (resumeToken === undefined || !(error instanceof SegmentClientError)) return;
  note(`the tail broke off; go on with: --resume ${resumeToken}`);
}
