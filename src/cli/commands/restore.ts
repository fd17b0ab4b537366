import type { Command } from "commander";
import { type RestoredState, RestoredStateSchema } from "../../../gen/seglog/v1/segment_pb.js";
import { mergeStateParts } from "../../client/restore-state.js";
import { NoFormError } from "../../session-store/no-form.js";
import { stateJson } from "../../session-store/state-json.js";
import { clientCommand } from "../client-command.js";
import { CommandError } from "../command-error.js";
import { addFullOption, type DrawOptions, penOf } from "../draw/pen.js";
import { EXIT } from "../exit-code.js";
import { addFormatOption, type FormatOptions, formatOf } from "../formats.js";
import { wholeSegmentId } from "../ids.js";
import { messageLine } from "../json-line.js";
import { print } from "../output.js";
import { addPointOptions, type PointOptions, pointOf } from "../points.js";
import { seedLine } from "../seed-line.js";
import { stateLines } from "../state-lines.js";
import { type ClientOptions, withClient } from "../with-client.js";

interface RestoreOptions extends ClientOptions, PointOptions, FormatOptions, DrawOptions {}

/** `seglog restore`: prints the state that replaying a segment gives. */
export function restoreCommand(): Command {
  const restore = clientCommand({
    name: "restore",
    summary: "Replay a segment and print the state.",
    details: "To its head, a turn or an entry count.",
    examples: ['seglog restore "$SEGMENT"', 'seglog restore "$SEGMENT" --turn 3 --format json'],
  });
  const segment = restore.argument("<segment>", "the segment to replay, by its id or the beginning of it");
  return addFullOption(addFormatOption(addPointOptions(segment))).action(runRestore);
}

function runRestore(typed: string, options: RestoreOptions): Promise<void> {
  const format = formatOf(options);
  const { at, onMissingTurn } = pointOf(options);
  return withClient(options, async (context) => {
    const { client, signal } = context;
    const segmentId = await wholeSegmentId(context, typed);
    const state = await mergeStateParts(client.restoreSegment({ segmentId, until: at, onMissingTurn }, { signal }));
    switch (format) {
      case "text":
        for (const line of stateLines(state, penOf(options))) await print(line);
        return;
      case "json":
        return print(messageLine(RestoredStateSchema, state));
      case "session-store":
        return print(seedLine(seedState(state)));
      default:
        return format satisfies never;
    }
  });
}

function seedState(state: RestoredState): string {
  try {
    return stateJson(state);
  } catch (error) {
    if (error instanceof NoFormError) throw new CommandError(EXIT.notWhole, `the state holds what that form cannot say: ${error.message}`);
    throw error;
  }
}
