import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { SegmentSchema } from "../../gen/seglog/v1/segment_pb.js";
import { OnConflict } from "../../gen/seglog/v1/segment_service_pb.js";
import { branchKind, type ForkFacts } from "../../src/cli/tree/branch-kind.js";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { aSegment, newId } from "../support/a-segment.js";
import { placed, systemItem, turnEnd, userInput } from "../support/entries.js";
import { daemonForFile } from "../support/file-daemon.js";

const parts = daemonForFile();
const SOURCE = newId();
const FORK = create(SegmentSchema, { base: { segmentId: SOURCE, entryCount: 3n }, forkedFrom: { segmentId: SOURCE, atTurn: 1n } });

/** What a fork looks like that was made at a turn when its origin had gone on, and appended to later; a test changes some of it. */
function facts(changed: Partial<ForkFacts> = {}): ForkFacts {
  return {
    own: [at(systemItem(""), 10n, 1000), at(userInput("later"), 12n, 1004)],
    inherited: at(turnEnd(1n), 3n, 900),
    passedOver: at(userInput("on"), 4n, 901),
    ...changed,
  };
}

function at(entry: Parameters<typeof placed>[0], position: bigint, timeMs: number) {
  return placed(entry, { position, timeMs });
}

test.each([
  ["a fork at a turn in the past", facts(), "past_turn_fork"],
  ["one that nothing was appended to", facts({ own: facts().own.slice(0, 1) }), "past_turn_fork"],
  ["one whose origin went on only later", facts({ passedOver: at(userInput("on"), 11n, 1001) }), "fork"],
  ["one whose origin did not go on", facts({ passedOver: undefined }), "fork"],
  ["one in the midst of a turn", facts({ inherited: at(userInput("ask"), 3n, 900) }), "conflict_fork"],
  ["one with entries of the same commit", facts({ own: [at(systemItem(""), 10n, 1000), at(userInput("on"), 11n, 1000)] }), "conflict_fork"],
  [
    "one with entries right behind it, but later",
    facts({ own: [at(systemItem(""), 10n, 1000), at(userInput("on"), 11n, 1001)] }),
    "past_turn_fork",
  ],
  ["one after the opening", facts({ inherited: create(EntrySchema, { kind: { case: "openingHistory", value: {} } }) }), "past_turn_fork"],
] as const)("%s is told from positions and times", (_, read, kind) => {
  expect(branchKind(FORK, read)).toBe(kind);
});

test("a segment without a base is a root, a compaction, or a fork with a state of its own", () => {
  const origin = { segmentId: SOURCE, atTurn: 1n };

  expect(branchKind(create(SegmentSchema), undefined)).toBe("root");
  expect(branchKind(create(SegmentSchema, { forkedFrom: origin }), undefined)).toBe("copied_fork");
  expect(branchKind(create(SegmentSchema, { compactedFrom: origin }), undefined)).toBe("compaction");
});

test("tree draws the session last written to, with what its segments came from", async () => {
  const { client, lines, seglog } = parts();
  const none = await seglog(["tree"]);
  const { sessionId, origin, behind, past, summary } = await aSession(client);

  const [title = "", ...rows] = await lines(["tree"]);
  const json = (await lines(["tree", sessionId.slice(0, 24), "--json"])).map((line) => JSON.parse(line));
  const colored = await lines(["tree", sessionId, "--ascii", "--color", "always"]);

  expect(none).toMatchObject({ exitCode: 3, stdout: "", stderr: expect.stringContaining("there is no session yet") });
  expect(title).toMatch(new RegExp(`^session ${sessionId} · 4 segments · 11 entries · last \\S+Z$`));
  const short = (id: string) =>
    rows
      .join("\n")
      .match(/\b01\w{8,}/g)
      ?.find((each) => id.startsWith(each)) ?? id;
  expect(rows.map((row) => row.replace(/ +turn (\d) +\S+Z */, " turn $1 "))).toEqual(
    [
      `● ${short(origin)}    6 entries turn 2 `.trimEnd(),
      `├─▲ ${short(behind)}  2 entries turn 0 conflict with ${short(origin)} at turn 1, after 3 entries`,
      `├─● ${short(past)}  2 entries turn 0 HEAD, fork of ${short(origin)} at turn 1, in the past, after 3 entries`,
      `◆ ${short(summary)}    1 entry   turn 0 compaction of ${short(origin)} at turn 2`,
    ].map((row) => expect.stringMatching(new RegExp(`^${row.replace(/ +/g, " +")} *$`))),
  );
  expect(json.map(({ segmentId, parentSegmentId, branch, isHead }) => [segmentId, parentSegmentId, branch, isHead])).toEqual([
    [origin, null, "root", false],
    [behind, origin, "conflict_fork", false],
    [past, origin, "past_turn_fork", true],
    [summary, origin, "compaction", false],
  ]);
  expect(json[1]).toMatchObject({ segment: { segmentId: behind, entryCount: "2", base: { segmentId: origin, entryCount: "3" } } });
  expect(colored[0]).toMatch(/^\u001b\[2msession /);
  expect(colored[2]).toMatch(/^\u001b\[31m\|-! /);
});

test("tree says so where there is no such session", async () => {
  expect(await parts().seglog(["tree", newId()])).toMatchObject({ exitCode: 3, stdout: "" });
});

/** A log of two turns, a fork of a writer that was behind, one made at the first turn, and a compaction. */
async function aSession(client: SegmentClient) {
  const log = [userInput("ask"), turnEnd(1n), userInput("on"), systemItem("told"), turnEnd(2n)];
  const { segmentId: origin, sessionId } = await aSegment(client, { log });
  const conflict = { precondition: { entryCount: 3n }, onConflict: OnConflict.FORK };
  const behind = await client.append({ segmentId: origin, entries: [userInput("late")], ...conflict });
  const summary = await client.compactSegment({ segmentId: origin });
  const { segment: fork } = await client.forkSegment({ segmentId: origin, at: { case: "turn", value: 1n } });
  const past = fork?.segmentId ?? "";
  await client.append({ segmentId: past, entries: [placed(userInput("again"), { timeMs: 1 })] });
  return { sessionId, origin, behind: behind.segmentId, summary: summary.segment?.segmentId ?? "", past };
}
