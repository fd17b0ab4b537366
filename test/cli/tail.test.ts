import { expect, onTestFinished, test } from "vitest";
import { createSegmentClient } from "../../src/client/segment-client.js";
import { Child } from "../support/child.js";
import { type CommandLine, daemonForCli, environment, MAIN, serveForCli } from "../support/cli.js";
import { ONE_TRY } from "../support/one-try.js";

test("a tail of a segment shows its last ten entries, then what comes, until it is interrupted", async () => {
  const daemon = await daemonForCli();
  const segmentId = await daemon.print(["create"]);
  await append(daemon, segmentId, 1, 14);
  const tail = follow(daemon, [segmentId]);
  const [date, ...there] = await lines(tail, 11);

  await append(daemon, segmentId, 15, 15);
  const come = await tail.line();
  tail.process.kill("SIGINT");

  expect(date).toMatch(/^[\d-]{10} UTC$/);
  expect(there[0]).toMatch(/^ +5 {2}[\d:]{8} {2}── turn 5 ──$/);
  expect(there[9]).toMatch(/^ +14 {2}[\d:]{8} {2}── turn 14 ──$/);
  expect(come).toMatch(/^ +15 {2}[\d:]{8} {2}── turn 15 ──$/);
  expect(await tail.ended()).toBe(130);
  expect(tail.stderr).toBe("");
});

test("a tail of a session takes in forks that come later, each below its segment", async () => {
  const daemon = await daemonForCli();
  const { segmentId, sessionId } = JSON.parse(await daemon.print(["create", "--json"]));
  const tail = follow(daemon, ["--session", sessionId, "--from", "beginning"]);
  const first = await lines(tail, 3);

  const fork = await daemon.print(["fork", segmentId]);
  const second = await lines(tail, 2);

  expect(first).toEqual([expect.stringMatching(/ UTC$/), `segment ${segmentId}`, expect.stringMatching(/^ +0 {2}\S+ {2}start$/)]);
  expect(second).toEqual([`segment ${fork}`, expect.stringContaining(`start      fork of ${segmentId}`)]);
});

test("--once ends when it has caught up, and --resume goes on behind the token", async () => {
  const daemon = await daemonForCli();
  const segmentId = await daemon.print(["create"]);
  await append(daemon, segmentId, 1, 2);

  const first = jsonLines(await daemon.print(["tail", "--store", "--from", "beginning", "--once", "--json"]));
  await append(daemon, segmentId, 3, 3);
  const token = first.at(-1)?.resumeToken;
  const second = jsonLines(await daemon.print(["tail", "--store", "--resume", token, "--once", "--json"]));

  expect(first.map(({ event, entry }) => entry?.index ?? event)).toEqual(["0", "1", "2", "caughtUp"]);
  expect(second.map(({ event, entry }) => entry?.index ?? event)).toEqual(["3", "caughtUp"]);
  expect(second.at(-1)).toEqual({ event: "caughtUp", caughtUp: {}, position: "4", resumeToken: expect.any(String) });
  expect(second[0]).toMatchObject({ event: "entry", segmentId, entry: { turnEnd: { turnCount: "3" } } });
});

test("--from an index, --after a position and --kinds choose what is shown", async () => {
  const daemon = await daemonForCli();
  const segmentId = await daemon.print(["create"]);
  await append(daemon, segmentId, 1, 3);
  const shown = async (flags: readonly string[]) => {
    const printed = await daemon.print(["tail", segmentId, "--once", "--json", ...flags]);
    return jsonLines(printed).flatMap(({ entry }) => (entry === undefined ? [] : [entry.index]));
  };

  expect(await shown(["--from", "2"])).toEqual(["2", "3"]);
  expect(await shown(["--from", "end"])).toEqual([]);
  expect(await shown(["--after", "3"])).toEqual(["3"]);
  expect(await shown(["--from", "beginning", "--kinds", "segment_start,user_input"])).toEqual(["0"]);
});

test("truncations and deletions are told, a deletion also to who resumes, and that of a segment ends its tail well", async () => {
  const daemon = await daemonForCli();
  const segmentId = await daemon.print(["create"]);
  await append(daemon, segmentId, 1, 2);
  const client = createSegmentClient({ socket: daemon.socket }, ONE_TRY);
  onTestFinished(() => client.close());
  const tail = follow(daemon, [segmentId]);
  await lines(tail, 4);
  const caughtUp = jsonLines(await daemon.print(["tail", segmentId, "--json", "--once"])).at(-1);

  await client.truncateSegment({ segmentId, entryCount: 2n });
  const truncated = await tail.line();
  await client.deleteSegment({ segmentId });
  const deleted = await tail.line();

  expect(truncated).toBe(`━━ segment ${segmentId} was cut back to 2 entries ━━`);
  expect(deleted).toBe(`━━ segment ${segmentId} was deleted ━━`);
  expect(await tail.ended()).toBe(0);
  expect(await daemon.print(["tail", segmentId, "--resume", caughtUp?.resumeToken])).toBe(deleted);
});

test("a tail that a stopping daemon ends exits with 5 and says how to go on", async () => {
  const daemon = await serveForCli();
  const segmentId = await daemon.print(["create"]);
  const tail = follow(daemon, [segmentId, "--json"]);
  const [, last = ""] = await lines(tail, 2);

  daemon.child.process.kill("SIGTERM");

  expect(await tail.ended()).toBe(5);
  expect(tail.stderr).toContain(`the tail broke off; go on with: --resume ${JSON.parse(last).resumeToken}\n`);
  expect(await daemon.child.ended()).toBe(0);
});

test("a tail whose reader has gone ends with 141", async () => {
  const daemon = await daemonForCli();
  const segmentId = await daemon.print(["create"]);
  const tail = follow(daemon, [segmentId]);
  await tail.line();

  tail.process.stdout?.destroy();
  await append(daemon, segmentId, 1, 1);

  expect(await tail.ended()).toBe(141);
});

test.each([
  [["--session", "x", "--store"], "what to follow"],
  [["--store", "--from", "end", "--after", "3"], "where to begin"],
  [["--store", "--from", "middle"], "neither beginning, end nor an index"],
  [["--store", "--kinds", "chat"], "there is no kind chat; the kinds are segment_start"],
])("tail %j is wrong usage", async (flags, problem) => {
  const { seglog } = await daemonForCli();

  const refused = await seglog(["tail", ...flags]);

  expect(refused).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringContaining(problem) });
});

test("a segment that is not there is not found", async () => {
  const { seglog } = await daemonForCli();

  expect(await seglog(["tail", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "--once"])).toMatchObject({ exitCode: 3, stdout: "" });
});

function follow({ folder, socket }: CommandLine, args: readonly string[]): Child {
  return new Child(process.execPath, [MAIN, "tail", ...args, "--socket", socket], { env: environment(folder) });
}

async function append({ print }: CommandLine, segmentId: string, fromTurn: number, toTurn: number): Promise<void> {
  const turns = Array.from({ length: toTurn - fromTurn + 1 }, (_, i) => `{"turnEnd":{"turnCount":"${fromTurn + i}"}}\n`);
  await print(["append", segmentId], { input: turns.join("") });
}

async function lines(child: Child, count: number): Promise<string[]> {
  const read: string[] = [];
  while (read.length < count) read.push((await child.line()) ?? "the end");
  return read;
}

function jsonLines(printed: string) {
  return printed.split("\n").map((line) => JSON.parse(line));
}
