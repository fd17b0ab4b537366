import type { Command } from "commander";
import { SegmentClientError } from "../../client/client-error.js";
import { parseWhole } from "../arguments.js";
import { clientCommand } from "../client-command.js";
import { LogDrawing } from "../draw/log-drawing.js";
import { addFullOption, type DrawOptions, penOf } from "../draw/pen.js";
import { wholeSegmentId, wholeSessionId } from "../ids.js";
import { note, print } from "../output.js";
import { drawnLines } from "../tail/drawn-lines.js";
import { jsonLines } from "../tail/json-lines.js";
import { type AskedTail, askedTail, KIND_NAMES, type TailFlags } from "../tail/tail-request.js";
import { type ClientContext, type ClientOptions, withClient } from "../with-client.js";

/** Entries of a segment that are shown where nobody says where to begin. */
const LAST_ENTRIES = 10n;

interface TailOptions extends ClientOptions, DrawOptions, Omit<TailFlags, "segmentId"> {
  readonly once?: boolean;
}

/** `seglog tail`: follows a segment, a session or the store as it grows. */
export function tailCommand(): Command {
  const tail = clientCommand({
    name: "tail",
    summary: "Follow a segment, a session or the store.",
    details: "Prints what is there from where you begin, then what comes.",
    examples: ['seglog tail "$SEGMENT"', 'seglog tail --session "$SESSION" --from beginning --kinds user_input,turn_end --json'],
  })
    .argument("[segment]", "the segment to follow, by its id or the beginning of it")
    .option("--session <id>", "follow a session, with the segments that come; the beginning of its id will do")
    .option("--store", "follow the whole store")
    .option(
      "--from <where>",
      `beginning, end, or an index of the segment (default: the last ${LAST_ENTRIES} entries of a segment; end otherwise)`,
    )
    .option("--after <position>", "begin after this position of the store", parseWhole)
    .option("--resume <token>", "go on behind the message that carried this resumeToken; see --json")
    .option("--kinds <kinds>", `only entries of these kinds, with commas between: ${KIND_NAMES.join(", ")}`)
    .option("--once", "end once everything that is there has been printed");
  return addFullOption(tail).action(runTail);
}

function runTail(segmentId: string | undefined, options: TailOptions): Promise<void> {
  const typed = askedTail({ ...options, segmentId });
  return withClient(options, async (context) => {
    const asked = { ...typed, scope: await wholeScope(context, typed.scope) };
    const progress: Progress = { resumeToken: undefined };
    try {
      await follow(context, asked, options, progress);
    } catch (error) {
      if (!context.signal.aborted) tellWhereToResume(error, progress);
      throw error;
    }
  });
}

/** A scope with its id whole. One that is whole is not looked up: a tail that is resumed is told of a deletion. */
async function wholeScope(context: ClientContext, scope: AskedTail["scope"]): Promise<AskedTail["scope"]> {
  if (scope.case === "segmentId") return { case: scope.case, value: await wholeSegmentId(context, scope.value) };
  if (scope.case === "sessionId") return { case: scope.case, value: await wholeSessionId(context, scope.value) };
  return scope;
}

/** How far a tail has come. */
interface Progress {
  resumeToken: string | undefined;
}

async function follow(context: ClientContext, asked: AskedTail, options: TailOptions, progress: Progress): Promise<void> {
  const { scope, kinds } = asked;
  const drawing = new LogDrawing(penOf(options));
  const request = { scope, kinds, start: asked.start ?? (await defaultStart(context, asked)) };
  for await (const message of context.client.tail(request, { signal: context.signal })) {
    const lines = options.json === true ? jsonLines(message) : drawnLines(message, drawing, scope.case);
    for (const line of lines) await print(line);
    progress.resumeToken = message.resumeToken;
    if (options.once === true && message.event.case === "caughtUp") return;
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
