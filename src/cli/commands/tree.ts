import type { Command } from "commander";
import type { Session } from "../../../gen/seglog/v1/segment_pb.js";
import { allOf } from "../all-of.js";
import { clientCommand } from "../client-command.js";
import { CommandError } from "../command-error.js";
import { counted } from "../count-text.js";
import { penOf } from "../draw/pen.js";
import { EXIT } from "../exit-code.js";
import { segmentsOf } from "../lists.js";
import { print } from "../output.js";
import { askedSession, lastWrittenSession } from "../sessions.js";
import { timeText } from "../time-text.js";
import { toldSegments } from "../tree/told-segments.js";
import { treeJsonLines } from "../tree/tree-json.js";
import { treeLines } from "../tree/tree-lines.js";
import { type ClientOptions, withClient } from "../with-client.js";

interface TreeOptions extends ClientOptions {
  readonly ascii?: boolean;
}

/** `seglog tree`: draws the fork tree of a session. */
export function treeCommand(): Command {
  return clientCommand({
    name: "tree",
    summary: "Draw the fork tree of a session.",
    details:
      "Without a session, of the one last written to. Each segment stands below its origin: ● a log or a fork, ▲ a fork that a writer " +
      "made who was behind, as far as that can be told, ◆ a compaction. HEAD is the segment last appended to.",
    examples: ["seglog tree", 'seglog tree "$SESSION" --ascii'],
  })
    .argument("[session]", "the session; the beginning of its id is enough")
    .option("--ascii", "draw with characters of ASCII alone")
    .action(runTree);
}

function runTree(typed: string | undefined, options: TreeOptions): Promise<void> {
  return withClient(options, async (context) => {
    const session = typed === undefined ? await lastWrittenSession(context) : await askedSession(context, typed);
    if (session === undefined) throw new CommandError(EXIT.notFound, "there is no session yet; seglog create makes one");
    const { sessionId, headSegmentId } = session;
    const segments = await toldSegments(context, await allOf(segmentsOf(context, sessionId)));
    if (options.json === true) {
      for (const line of treeJsonLines(segments, headSegmentId)) await print(line);
      return;
    }
    const { paint, columns } = penOf(options);
    await print(paint("faint", sessionText(session, options.ascii === true)));
    for (const line of treeLines(segments, { paint, columns, headSegmentId, isAscii: options.ascii === true })) await print(line);
  });
}

function sessionText({ sessionId, segmentCount, entryCount, updateTime }: Session, isAscii: boolean): string {
  const parts = [`session ${sessionId}`, counted(segmentCount, "segment"), counted(entryCount, "entry"), `last ${timeText(updateTime)}`];
  return parts.join(isAscii ? ", " : " · ");
}
