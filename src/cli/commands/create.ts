import type { Command } from "commander";
import { SegmentSchema } from "../../../gen/seglog/v1/segment_pb.js";
import { clientCommand } from "../client-command.js";
import { messageLine } from "../json-line.js";
import { noteOnTerminal, print } from "../output.js";
import { newRequestId } from "../request-id.js";
import { type ClientOptions, withClient } from "../with-client.js";

interface CreateOptions extends ClientOptions {
  readonly session?: string;
  readonly segment?: string;
  readonly systemPrompt?: string;
}

/** `seglog create`: creates a segment and prints its id alone, so that a shell can keep it. */
export function createCommand(): Command {
  return clientCommand({
    name: "create",
    summary: "Create a segment and print its id.",
    details: "--json prints the whole segment, its session's id among it.",
    examples: ["SEGMENT=$(seglog create)", 'seglog create --session "$SESSION" --system-prompt "You keep a diary."'],
  })
    .option("--session <id>", "whole id of the session to create it in, made where it is not there (default: a new one)")
    .option("--segment <id>", "whole id of the segment (default: a new one)")
    .option("--system-prompt <text>", "system prompt that it starts with")
    .action(runCreate);
}

function runCreate(options: CreateOptions): Promise<void> {
  return withClient(options, async ({ client, signal }) => {
    const { session: sessionId, segment: segmentId, systemPrompt } = options;
    const request = {
      ...(sessionId !== undefined && { sessionId }),
      ...(segmentId !== undefined && { segmentId }),
      state: { ...(systemPrompt !== undefined && { systemPrompt }) },
      requestId: newRequestId(),
    };
    const { segment } = await client.createSegment(request, { signal });
    if (segment === undefined) return;
    await print(options.json === true ? messageLine(SegmentSchema, segment) : segment.segmentId);
    if (options.json !== true) noteOnTerminal(`created in session ${segment.sessionId}`);
  });
}
