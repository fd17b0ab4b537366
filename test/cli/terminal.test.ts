import { expect, test } from "vitest";
import { createSegmentClient } from "../../src/client/segment-client.js";
import { segment, session } from "../store/contract/sample-entries.js";
import { type CommandLine, daemonForCli } from "../support/cli.js";
import { assistantItem, assistantText, type EntryInit, extension, placed, runCompleted, turnEnd, userInput } from "../support/entries.js";
import { hasTerminals, onTerminal, uncolored } from "../support/pty.js";

const NOON_MS = Date.UTC(2026, 10, 22, 12);

const CONVERSATION: readonly EntryInit[] = [
  userInput("What grows in the second bed?\nAnd when did we last water it? It has not rained for days."),
  assistantItem({ kind: { case: "reasoning", value: { text: "The file may say." } } }),
  assistantItem({ kind: { case: "toolCall", value: { callId: "1", name: "read_file", arguments: '{"path":"beds.md"}' } } }),
  { kind: { case: "llmUsage", value: { inputTotalTokens: 1204n, cacheReadTokens: 900n, outputTokens: 88n } } },
  {
    kind: {
      case: "toolResult",
      value: { item: { kind: { case: "toolOutput", value: { callId: "1", summary: "14 lines", content: lines(14) } } } },
    },
  },
  assistantText("Roses 🌹. Nobody wrote down the water."),
  extension("garden.mood", '{"calm":true}'),
  turnEnd(1n),
  runCompleted(),
];

test.runIf(hasTerminals)("what people look at is drawn for a terminal, and plainly where there is none", async () => {
  const daemon = await daemonForCli();
  const [segmentId] = await aConversation(daemon);
  const env = { SEGLOG_SOCKET: daemon.socket };
  const looks = [
    ["show", segmentId],
    ["show", segmentId, "--full"],
    ["restore", segmentId],
  ];
  const looked: Record<string, string> = {};

  for (const args of looks) {
    const name = masked(args.join(" "));
    looked[`${name}, on a terminal`] = visible((await onTerminal(args, { env })).stdout);
    looked[`${name}, piped`] = masked(await daemon.print(args));
  }
  const show = ["show", `${segmentId}@1`];
  const withoutColors = await onTerminal(show, { env: { ...env, NO_COLOR: "1" } });
  const never = await onTerminal([...show, "--color", "never"], { env });
  const always = await daemon.seglog([...show, "--color", "always"], { env: { NO_COLOR: "1" } });
  const narrow = await onTerminal(show, { env, columns: 50 });

  for (const [name, text] of Object.entries(looked)) expect(`\n${text}\n`).toMatchSnapshot(name);
  expect(withoutColors.stdout).not.toContain("\u001b");
  expect(never.stdout).toBe(withoutColors.stdout);
  expect(always.stdout).toContain("\u001b");
  expect(visible(narrow.stdout)).toMatchSnapshot("narrow");
  expect(
    uncolored(narrow.stdout)
      .split("\n")
      .every((line) => line.length <= 50),
  ).toBe(true);
});

/** A session with a conversation and a fork of it, whose ids and times are always the same. */
async function aConversation({ socket }: CommandLine): Promise<readonly [string, string]> {
  const client = createSegmentClient({ socket });
  try {
    const [sessionId, segmentId] = [session(1), segment(101)];
    await client.createSegment({ sessionId, segmentId, state: { systemPrompt: "You keep a garden diary." } });
    const entries = CONVERSATION.map((entry, i) => placed(entry, { timeMs: NOON_MS + 1000 * i }));
    await client.append({ segmentId, entries });
    await client.forkSegment({ segmentId, newSegmentId: segment(102), at: { case: "turn", value: 1n } });
    return [segmentId, sessionId];
  } finally {
    client.close();
  }
}

/** What differs from run to run, as long as it was. */
function masked(shown: string): string {
  return shown
    .replace(/\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g, (id) => (id.startsWith("0000") ? id : "I".repeat(id.length)))
    .replace(/\b20\d\d-\d\d-\d\d(T[\d:]{8}Z)?/g, (time) => (time.startsWith("2026-11-22") ? time : "T".repeat(time.length)))
    .replace(/(?<= 0 {2})\d\d:\d\d:\d\d/g, "TT:TT:TT") // the start's is the daemon's
    .replace(/\d(?=\d* B\b|[\d.]* KiB)/g, "9")
    .replace(/(?:.*limit (?!tails_max).*\n?)+/g, "")
    .replace(/seglog \d+\.\d+\.\d+/, "seglog 0.0.0");
}

/** The colours of a terminal as words that a person can read in a snapshot, and what differs masked. */
function visible(shown: string): string {
  return masked(shown.replace(/\u001b\[(\d{1,2})m/g, "<$1>")).trimEnd();
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, i) => `bed ${i + 1}: ${i % 2 === 0 ? "roses" : "beans"}\n`).join("");
}
