import type { Command } from "commander";
import { type AskOptions, ask, checkCanAsk } from "../ask.js";
import { askedSegment } from "../asked-segment.js";
import { clientCommand } from "../client-command.js";
import { flagsError } from "../command-error.js";
import { counted } from "../count-text.js";
import { checkDependents, orSayDependents } from "../dependents.js";
import { jsonLine } from "../json-line.js";
import { print } from "../output.js";
import { newRequestId } from "../request-id.js";
import { askedSession } from "../sessions.js";
import { type ClientContext, type ClientOptions, withClient } from "../with-client.js";

interface RmOptions extends ClientOptions, AskOptions {
  readonly session?: string;
}

/** `seglog rm`: deletes a segment or a session. */
export function rmCommand(): Command {
  return clientCommand({
    name: "rm",
    summary: "Delete a segment that no fork is based on, or a session with all its segments.",
    details: "What goes cannot be had back. Asks before, on a terminal.",
    examples: ['seglog rm "$SEGMENT"', 'seglog rm --session "$SESSION" --yes'],
  })
    .argument("[segment]", "the segment; the beginning of its id is enough")
    .option("--session <id>", "delete this session instead")
    .option("--yes", "do not ask")
    .action(runRm);
}

function runRm(segment: string | undefined, options: RmOptions): Promise<void> {
  const { session } = options;
  if ((segment === undefined) === (session === undefined))
    throw flagsError("wanted what to delete: a segment or --session, and one of them");
  checkCanAsk(options);
  return withClient(options, async (context) => {
    if (session !== undefined) await removeSession(context, session, options);
    else if (segment !== undefined) await removeSegment(context, segment, options);
  });
}

async function removeSegment(context: ClientContext, typed: string, { yes, json }: RmOptions): Promise<void> {
  const { client, signal } = context;
  const segment = await askedSegment(context, typed);
  const { segmentId, sessionId, entryCount } = segment;
  const cut = { segment, keptCount: 0n };
  if (yes !== true) {
    await checkDependents(context, cut);
    await ask(`delete segment ${segmentId} with its ${counted(entryCount, "entry")}?`, signal);
  }
  const { replayed } = await orSayDependents(context, cut, () =>
    client.deleteSegment({ segmentId, requestId: newRequestId() }, { signal }),
  );
  const text = `deleted segment ${segmentId}: ${counted(entryCount, "entry")}`;
  await print(json === true ? jsonLine({ segmentId, sessionId, entryCount: String(entryCount), replayed }) : text);
}

async function removeSession(context: ClientContext, typed: string, { yes, json }: RmOptions): Promise<void> {
  const { client, signal } = context;
  const session = await askedSession(context, typed);
  if (session === undefined) return;
  const { sessionId } = session;
  if (yes !== true)
    await ask(
      `delete session ${sessionId} with its ${counted(session.segmentCount, "segment")}, ${counted(session.entryCount, "entry")} in all?`,
      signal,
    );
  const { segmentCount, replayed } = await client.deleteSession({ sessionId, requestId: newRequestId() }, { signal });
  const text = `deleted session ${sessionId}: ${counted(segmentCount, "segment")}`;
  await print(json === true ? jsonLine({ sessionId, segmentCount: String(segmentCount), replayed }) : text);
}
