import { expect, test } from "vitest";
import { createSegmentClient } from "../../src/client/segment-client.js";
import { serveForCli } from "../support/cli.js";
import { extension, userInput } from "../support/entries.js";
import { ONE_TRY } from "../support/one-try.js";
import { hasTerminals, onTerminal, uncolored } from "../support/pty.js";

/** What makes a terminal or a reader of lines do something, in texts as agents and their users may write them. */
const HOSTILE = [
  "\u001b[2J\u001b]0;owned\u0007",
  "\u001b]52;c;ZWNobyBvd25lZA==\u0007",
  "\u009b31mred\u009c",
  "a\r\nlevel=error message=forged",
  "\u0000\u0008\u007f",
  "\u2028\u2029",
  "\u202egnp.exe\u2066x\u2069",
  "\u200f\u061c",
];

/** Everything that acts but for the ends of lines. */
const ACTING = /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

test.runIf(hasTerminals)("no control character that somebody stored or typed reaches a terminal or the log", async () => {
  const { child, socket, seglog } = await serveForCli(["--log-level", "debug"]);
  const client = createSegmentClient({ socket }, ONE_TRY);
  const { segment: first } = await client.createSegment({});
  const { sessionId } = first!;
  const { segment } = await client.createSegment({ sessionId, state: { systemPrompt: HOSTILE.join(" ") } });
  const { segmentId } = segment!;
  await client.append({ segmentId, entries: HOSTILE.flatMap((said) => [userInput(said), extension(said, JSON.stringify(said))]) });
  for (const id of HOSTILE) {
    await client.getSegment({ segmentId: id }).catch(() => {});
    await client.append({ segmentId, requestId: id, entries: [userInput("x")] }).catch(() => {});
  }
  client.close();

  const wrong = HOSTILE.join("").replaceAll("\0", "");
  const printed = await Promise.all([
    ...[
      ["show", segmentId],
      ["show", segmentId, "--format", "session-store"],
      ["restore", segmentId],
      ["tail", segmentId, "--after", "0", "--once"],
      ["show", wrong],
    ].map((args) => onTerminal(args, { env: { SEGLOG_SOCKET: socket } }).then(({ stdout }) => uncolored(stdout))),
    ...[
      ["show", segmentId, "--json"],
      ["ls", wrong],
    ].map((args) => seglog(args).then(({ stdout, stderr }) => stdout + stderr)),
  ]);
  child.process.kill("SIGTERM");
  await child.ended();

  expect(printed.map(actingIn).filter((acting) => acting !== undefined)).toEqual([]);
  expect(printed[0]).toContain("\\u001b[2J");
  expect(printed[1]).toContain("\\u009b31m");
  expect(actingIn(child.stderr)).toBeUndefined();
  expect(child.stderr).not.toContain("owned");
  expect(child.stderr).not.toContain("forged");
});

/** The first that acts, and what stands around it. */
function actingIn(text: string): string | undefined {
  const at = text.search(ACTING);
  return at === -1 ? undefined : JSON.stringify(text.slice(Math.max(0, at - 40), at + 20));
}
