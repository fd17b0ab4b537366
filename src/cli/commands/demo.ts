import type { Command } from "commander";
import { clientCommand } from "../client-command.js";
import { humanPace } from "../demo/pace.js";
import { jsonLine } from "../json-line.js";
import { print } from "../output.js";
import { paintOf } from "../paint.js";
import { type ClientOptions, withClient } from "../with-client.js";

/** As much of an id as tells the segments of the demo apart, which come at the pace of people. */
const ID_CHARS = 10;

interface DemoOptions extends ClientOptions {
  readonly fast?: boolean;
}

/** `seglog demo`: writes a session for others to look at. */
export function demoCommand(): Command {
  return clientCommand({
    name: "demo",
    summary: "Write a lively session, to look at from a second terminal.",
    details:
      "In a session of its own, at the pace of people, for half a minute: tool calls, reasoning, a paused run, two writers of " +
      "whom one goes on in a branch, a fork at a past turn, a compaction. seglog rm --session takes it away again.",
    examples: ["seglog demo", "seglog demo --fast"],
  })
    .option("--fast", "without waiting")
    .action(runDemo);
}

function runDemo(options: DemoOptions): Promise<void> {
  const { fast = false, json = false } = options;
  const paint = paintOf(options);
  return withClient(options, async ({ client, signal }) => {
    const { playDemo } = await import("../demo/play.js"); // only here: it brings the client's helpers
    let sessionId = "";
    await playDemo({
      client,
      signal,
      pace: async (entry) => {
        if (!fast) await humanPace(entry, signal);
      },
      onSession: async (id) => {
        sessionId = id;
        if (!json) for (const line of lookingOn(id)) await print(line);
      },
      onScene: (told, segmentId) =>
        print(json ? jsonLine({ sessionId, segmentId, told }) : `${paint("faint", segmentId.slice(0, ID_CHARS))}  ${told}`),
    });
    if (!json) await print(`\nlook at it: seglog tree ${sessionId}`);
  });
}

function lookingOn(sessionId: string): readonly string[] {
  return [`session ${sessionId}; in a second terminal:`, "", `  seglog tail --session ${sessionId} --from beginning`, ""];
}
