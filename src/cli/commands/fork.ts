import type { Command } from "commander";
import { SegmentSchema } from "../../../gen/seglog/v1/segment_pb.js";
import { clientCommand } from "../client-command.js";
import { wholeSegmentId } from "../ids.js";
import { messageLine } from "../json-line.js";
import { originText } from "../origin-text.js";
import { noteOnTerminal, print } from "../output.js";
import { addPointOptions, type PointOptions, pointOf } from "../points.js";
import { newRequestId } from "../request-id.js";
import { type ClientOptions, withClient } from "../with-client.js";

interface ForkOptions extends ClientOptions, PointOptions {
  readonly newSegment?: string;
}

/** `seglog fork`: forks a segment and prints the new one's id alone, so that a shell can keep it. */
export function forkCommand(): Command {
  const fork = clientCommand({
    name: "fork",
    summary: "Fork a segment and print the id of the fork.",
    details: "At the segment's head, a turn or an entry count. Nothing is copied.",
    examples: ['BRANCH=$(seglog fork "$SEGMENT" --turn 3)', 'seglog fork "$SEGMENT" --entries 12 --json'],
  });
  return addPointOptions(fork.argument("<segment>", "the segment to fork, by its id or the beginning of it"))
    .option("--new-segment <id>", "whole id of the fork (default: a new one)")
    .action(runFork);
}

function runFork(typed: string, options: ForkOptions): Promise<void> {
  return withClient(options, async (context) => {
    const { client, signal } = context;
    const { newSegment: newSegmentId } = options;
    const request = {
      segmentId: await wholeSegmentId(context, typed),
      ...pointOf(options),
      ...(newSegmentId !== undefined && { newSegmentId }),
      requestId: newRequestId(),
    };
    const { segment } = await client.forkSegment(request, { signal });
    if (segment === undefined) return;
    await print(options.json === true ? messageLine(SegmentSchema, segment) : segment.segmentId);
    if (options.json !== true) noteOnTerminal(originText(segment));
  });
}
