import { expect, test } from "vitest";
import { aSegment, newId } from "../support/a-segment.js";
import { assistantText, turnEnd, usage, userInput } from "../support/entries.js";
import { daemonForFile } from "../support/file-daemon.js";

const parts = daemonForFile();

/** A log of a turn and a half with usage in it, and a fork at its turn that went on otherwise. */
async function aFork() {
  const { client } = parts();
  const log = [userInput("ask"), usage(1n), turnEnd(1n), userInput("left\u001b[2J"), usage(2n)];
  const { segmentId: origin, sessionId } = await aSegment(client, { log });
  const { segment } = await client.forkSegment({ segmentId: origin, at: { case: "turn", value: 1n } });
  const fork = segment?.segmentId ?? "";
  await client.append({ segmentId: fork, entries: [assistantText("right"), usage(3n), usage(4n)] });
  return { origin, fork, sessionId };
}

test("diff shows what two branches have in common, and what each has behind that", async () => {
  const { lines } = parts();
  const { origin, fork } = await aFork();

  const text = await lines(["diff", origin, fork]);
  const colored = await lines(["diff", origin, fork, "--color", "always"]);
  const json = (await lines(["diff", origin, fork, "--json"])).map((line) => JSON.parse(line));

  expect(text).toEqual([
    expect.stringMatching(/^common: 4 entries, the last of 01\w+, up to turn 1$/),
    "",
    `--- ${origin}: 2 entries`,
    expect.stringMatching(/^- \S+ UTC$/),
    expect.stringMatching(/^- +4 .* user .*left\\u001b\[2J$/),
    expect.stringMatching(/^- +5 .* usage /),
    "",
    `+++ ${fork}: 4 entries`,
    expect.stringMatching(/^\+ \S+ UTC$/),
    expect.stringMatching(/^\+ +0 .* start /),
    expect.stringMatching(/^\+ +1 .* assistant .*right$/),
    expect.stringMatching(/^\+ +2 .* usage /),
    expect.stringMatching(/^\+ +3 .* usage /),
  ]);
  expect(colored[3]).toMatch(/^\u001b\[31m-\u001b/);
  expect(json[0]).toEqual({
    common: { entryCount: "4", segmentId: origin, segmentEntryCount: "4", turnCount: "1" },
    a: { segmentId: origin, entryCount: "2" },
    b: { segmentId: fork, entryCount: "4" },
  });
  expect(json.slice(1).map(({ side, segmentId, entry }) => [side, segmentId, entry.index])).toEqual([
    ["a", origin, "4"],
    ["a", origin, "5"],
    ["b", fork, "0"],
    ["b", fork, "1"],
    ["b", fork, "2"],
    ["b", fork, "3"],
  ]);
});

test("diff says where one branch is a prefix of the other, and where they have nothing in common", async () => {
  const { client, lines, seglog } = parts();
  const { segmentId } = await aSegment(client, { entries: 2 });
  const { segment: fork } = await client.forkSegment({ segmentId });
  const { segment: summary } = await client.compactSegment({ segmentId });
  const other = await aSegment(client);

  const prefix = await lines(["diff", segmentId, fork?.segmentId ?? ""]);
  const compaction = await lines(["diff", segmentId, summary?.segmentId ?? ""]);
  const apart = await lines(["diff", segmentId, other.segmentId]);

  expect(prefix.slice(0, 2)).toEqual([
    expect.stringMatching(/^common: 2 entries, .*, before any turn end$/),
    expect.stringMatching(/^01\w+ is a prefix of 01\w+, which has 1 entry more$/),
  ]);
  expect(compaction).toEqual([
    expect.stringMatching(/^nothing in common: 2 entries of 01\w+, 1 entry of 01\w+$/),
    expect.stringContaining("compaction of the other"),
  ]);
  expect(apart[1]).toContain("two sessions");
  expect(await seglog(["diff", segmentId, newId()])).toMatchObject({ exitCode: 3, stdout: "" });
});

test("usage adds up tokens of a session by segment and by path, and of all sessions", async () => {
  const { lines } = parts();
  const { origin, fork, sessionId } = await aFork();

  const text = await lines(["usage", sessionId]);
  const json = (await lines(["usage", sessionId, "--json"])).map((line) => JSON.parse(line));
  const all = await lines(["usage"]);

  expect(text.map((line) => line.replace(/ {2,}/g, " "))).toEqual([
    "SEGMENT REQUESTS INPUT CACHE READ CACHE WRITE OUTPUT",
    `${fork} 2 20 0 0 0`,
    `${origin} 2 20 0 0 0`,
    "total 4 40 0 0 0",
    "",
    "PATH TO HEAD REQUESTS INPUT CACHE READ CACHE WRITE OUTPUT",
    `${fork} 3 30 0 0 0`,
    `${origin} 2 20 0 0 0`,
  ]);
  expect(json.map(({ scope, segmentId, inputTotalTokens }) => [scope, segmentId, inputTotalTokens])).toEqual([
    ["segment", fork, "20"],
    ["segment", origin, "20"],
    ["path", fork, "30"],
    ["path", origin, "20"],
    ["session", undefined, "40"],
  ]);
  expect(all.map((line) => line.replace(/ {2,}/g, " "))).toContain(`${sessionId} 4 40 0 0 0`);
});

test("a segment's id in the place of a session's is told, with the session that was meant", async () => {
  const { client, seglog } = parts();
  const segmentId = "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"; // begins like no other
  const { segment } = await client.createSegment({ segmentId });
  const sessionId = segment?.sessionId;

  const whole = await seglog(["tree", segmentId]);
  const beginning = await seglog(["ls", segmentId.slice(0, 5)]);

  expect(whole).toMatchObject({ exitCode: 3, stdout: "", stderr: expect.stringContaining(`it is a segment of session ${sessionId}`) });
  expect(beginning).toMatchObject({ exitCode: 3, stdout: "", stderr: expect.stringContaining(`its session is ${sessionId}`) });
});
