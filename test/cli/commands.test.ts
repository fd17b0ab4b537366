import { join } from "node:path";
import { expect, test } from "vitest";
import { parseId } from "../../src/model/id.js";
import { openLmdbStore } from "../../src/store/lmdb/open-lmdb-store.js";
import { segment, session } from "../store/contract/sample-entries.js";
import { aSegment } from "../store/contract/writes.js";
import { newId } from "../support/a-segment.js";
import { daemonForCli, runCli, serveForCli } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const HELLO = '{"userInput":{"pieces":[{"text":"hello"}]}}\n';
const NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

test("create prints the id alone, and the whole segment with --json", async () => {
  const { print } = await daemonForCli();

  const segmentId = await print(["create"]);
  const segment = JSON.parse(await print(["create", "--system-prompt", "be brief", "--json"]));

  expect(segmentId).toMatch(ULID);
  expect(segment).toMatchObject({ segmentId: expect.stringMatching(ULID), sessionId: expect.stringMatching(ULID), entryCount: "1" });
  expect(await print(["show", `${segment.segmentId}@0`])).toContain("be brief");
});

test("create takes ids as they are given, once", async () => {
  const { seglog, print } = await daemonForCli();

  const created = await print(["create", "--segment", "01960000-2000-7000-8000-00000000000b"]);
  const again = await seglog(["create", "--segment", created]);

  expect(created).toBe(parseId("01960000-2000-7000-8000-00000000000b"));
  expect(again).toMatchObject({ exitCode: 4, stdout: "", stderr: expect.stringContaining("exists already") });
});

test("ls lists sessions, and the segments of one, newest first", async () => {
  const { print, seglog } = await daemonForCli();
  const { segmentId, sessionId } = JSON.parse(await print(["create", "--json"]));
  const fork = await print(["fork", segmentId]);

  const sessions = (await print(["ls"])).split("\n");
  const segments = (await print(["ls", sessionId])).split("\n");
  const json = (await print(["ls", sessionId, "--json"])).split("\n").map((line) => JSON.parse(line));

  expect(sessions[0]).toMatch(/^SESSION +SEGMENTS +ENTRIES +CREATED +LAST ENTRY +HEAD$/);
  expect(sessions[1]).toMatch(new RegExp(`^${sessionId} +2 +2 +\\S+Z +\\S+Z +${fork}$`));
  expect(segments[0]).toMatch(/^SEGMENT +ENTRIES +TURN +SIZE +LAST ENTRY +ORIGIN$/);
  expect(segments[1]).toContain(`fork of ${segmentId} at turn 0, inherits 1 entry`);
  expect(json.map((segment) => segment.segmentId)).toEqual([fork, segmentId]);
  expect(await seglog(["ls", NOBODY])).toMatchObject({ exitCode: 3, stdout: "" });
});

test("ls says whose a session is where there are namespaces", async () => {
  const folder = temporaryFolder();
  const store = await openLmdbStore({ dir: join(folder, "data"), newId });
  for (const namespace of ["team-a", "team-b"]) await aSegment(store.seenBy({ namespace, seesAll: false }), idsFor(namespace));
  await store.close();
  const { print } = await serveForCli(["--namespace-sessions-max", "5"], folder);

  const all = (await print(["ls"])).split("\n");
  const some = (await print(["ls", "--namespace", "team-b"])).split("\n");

  expect(all[0]).toMatch(/HEAD +NAMESPACE$/);
  expect(all.slice(1).map((line) => line.split(/ +/).at(-1))).toEqual(["team-b", "team-a"]);
  expect(some).toEqual([all[0], all[1]]);
  expect(await print(["status"])).toMatch(/^namespace +default, 0 sessions, 0 B, 0 open tails\nquota sessions_max +5$/m);
});

/** A session and a segment of a namespace. */
function idsFor(namespace: string) {
  return namespace === "team-a" ? { session: session(1), segment: segment(101) } : { session: session(2), segment: segment(102) };
}

test("show prints entries as text, as JSON and as lines of the JSONL layout", async () => {
  const { print, seglog } = await daemonForCli();
  const segmentId = await print(["create"]);
  await print(["append", segmentId], { input: HELLO });

  const text = await print(["show", segmentId]);
  const json = JSON.parse(await print(["show", `${segmentId}@1`, "--json"]));
  const line = JSON.parse(await print(["show", `${segmentId}@1`, "--format", "session-store"]));

  expect(text).toMatch(/^[\d-]{10} UTC\n {4}0 {2}[\d:]{8} {2}start\n {4}1 {2}[\d:]{8} {2}user {7}hello$/);
  expect(json).toMatchObject({ index: "1", userInput: { pieces: [{ text: "hello" }] } });
  expect(line).toEqual({ kind: "user_input", ts: expect.any(Number), segments: [{ kind: "text", content: "hello" }] });
  expect(await seglog(["show", `${segmentId}@2`])).toMatchObject({ exitCode: 3, stdout: "" });
  expect(await seglog(["show", `${segmentId}@2`, "--format", "session-store"])).toMatchObject({ exitCode: 3, stdout: "" });
  expect(await seglog(["show", NOBODY])).toMatchObject({ exitCode: 3, stdout: "" });
});

test("no text that was logged can reach a terminal as controls", async () => {
  const { print } = await daemonForCli();
  const segmentId = await print(["create"]);
  await print(["append", segmentId], { input: '{"userInput":{"pieces":[{"text":"\\u001b[2J\\u009b1m\\u202e\\nx"}]}}\n' });

  const printed = [
    await print(["show", segmentId]),
    await print(["show", segmentId, "--json"]),
    await print(["tail", segmentId, "--once"]),
    await print(["restore", segmentId]),
    await print(["restore", segmentId, "--json"]),
  ].join("");

  expect(printed).toContain("\\u001b[2J");
  expect(printed.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
});

test("fork prints the id of the fork alone, and knows turns and entry counts", async () => {
  const { print, seglog } = await daemonForCli();
  const segmentId = await print(["create"]);
  await print(["append", segmentId], { input: `${HELLO}{"turnEnd":{"turnCount":"3"}}\n${HELLO}` });

  const atTurn = JSON.parse(await print(["fork", segmentId, "--turn", "3", "--json"]));
  const atEntries = JSON.parse(await print(["fork", segmentId, "--entries", "2", "--json"]));
  const atHead = JSON.parse(await print(["fork", segmentId, "--turn", "9", "--missing-turn", "head", "--json"]));
  const missing = await seglog(["fork", segmentId, "--turn", "9"]);

  expect(await print(["fork", segmentId])).toMatch(ULID);
  expect(atTurn.base).toEqual({ segmentId, entryCount: "3" });
  expect(atEntries.base).toEqual({ segmentId, entryCount: "2" });
  expect(atHead).toMatchObject({ base: { entryCount: "4" }, forkedFrom: { atTurn: "9" } });
  expect(missing).toMatchObject({ exitCode: 3, stdout: "", stderr: expect.stringContaining("the number 9") });
  expect(await seglog(["fork", segmentId, "--entries", "5"])).toMatchObject({ exitCode: 3, stdout: "" });
  expect(await seglog(["fork", segmentId, "--turn", "1", "--entries", "1"])).toMatchObject({ exitCode: 2, stdout: "" });
});

test("restore prints the state for people and as JSON, at the head and at a point", async () => {
  const { print, seglog } = await daemonForCli();
  const segmentId = await print(["create", "--system-prompt", "be brief"]);
  await print(["append", segmentId], { input: `${HELLO}{"turnEnd":{"turnCount":"1"}}\n` });

  const text = await print(["restore", segmentId]);
  const json = JSON.parse(await print(["restore", segmentId, "--json"]));
  const opening = JSON.parse(await print(["restore", segmentId, "--entries", "1", "--format", "json"]));

  expect(text).toMatch(/^turn count +1$/m);
  expect(text).toMatch(/^user {7}hello$/m);
  expect(json).toMatchObject({ systemPrompt: "be brief", turnCount: "1", entryCount: "3" });
  expect(opening).toMatchObject({ history: [], entryCount: "1" });
  expect(await seglog(["restore", segmentId, "--turn", "5"])).toMatchObject({ exitCode: 3, stdout: "" });
});

test("status describes daemon and store", async () => {
  const { print } = await serveForCli(["--tails-max", "7"]);

  const text = await print(["status"]);
  const json = JSON.parse(await print(["status", "--json"]));

  expect(text).toMatch(/^daemon +seglog \d+\.\d+\.\d+, serving since \S+Z$/m);
  expect(text).toMatch(/^limit tails_max +7$/m);
  expect(json).toMatchObject({ formatVersion: 2, draining: false, limits: { tails_max: "7" } });
});

test("health says SERVING with 0, and exits with 5 where nobody answers", async () => {
  const { print, folder } = await daemonForCli();

  const alone = await runCli(["health", "--socket", `${folder}/nobody.sock`]);

  expect(await print(["health"])).toBe("SERVING");
  expect(JSON.parse(await print(["health", "--json"]))).toEqual({ status: "SERVING" });
  expect(alone).toMatchObject({ exitCode: 5, stdout: "UNREACHABLE\n", stderr: expect.stringContaining("seglog serve") });
});

test("config prints each value and where it came from", async () => {
  const env = { PATH: process.env.PATH ?? "", HOME: "/home/nobody", SEGLOG_LOG_LEVEL: "warn" };

  const text = await runCli(["config", "--data", "/srv/log"], { env });
  const json = await runCli(["config", "--data", "/srv/log", "--json"], { env });

  expect(text.stdout).toMatch(/^data +\/srv\/log +flag --data$/m);
  expect(text.stdout).toMatch(/^logLevel +warn +environment SEGLOG_LOG_LEVEL$/m);
  expect(text.stdout).toMatch(/^socket +\/srv\/log\/run\/seglog\.sock +default$/m);
  expect(json.stdout.split("\n").map((line) => line && JSON.parse(line))).toContainEqual({
    name: "data",
    value: "/srv/log",
    origin: "flag --data",
  });
  expect(await runCli(["config", "--config", "/nonexistent.toml"], { env })).toMatchObject({ exitCode: 2, stdout: "" });
});

test("the socket comes from --socket before SEGLOG_SOCKET", async () => {
  const { socket } = await daemonForCli();
  const env = { PATH: process.env.PATH ?? "", SEGLOG_SOCKET: "/nonexistent/seglog.sock" };

  const told = await runCli(["status", "--socket", socket], { env });
  const inherited = await runCli(["status"], { env });

  expect(told.exitCode).toBe(0);
  expect(inherited).toMatchObject({ exitCode: 5, stdout: "", stderr: expect.stringContaining("/nonexistent/seglog.sock") });
});

test.each([[["nope"]], [[]], [["fork"]], [["show", "x", "--format", "yaml"]], [["fork", "x", "--turn", "-1"]], [["tail"]]])(
  "%j is wrong usage",
  async (args) => {
    expect(await runCli(args)).toMatchObject({ exitCode: 2, stdout: "" });
  },
);

test("an id may be given by its beginning, wherever a command takes a segment or a session that is there", async () => {
  const { print, seglog } = await daemonForCli();
  const { segmentId, sessionId } = JSON.parse(await print(["create", "--session", session(1), "--segment", segment(101), "--json"]));
  await print(["create", "--session", session(2), "--segment", segment(102)]);
  const [start, sessionStart] = [shortened(segmentId, segment(102)), shortened(sessionId, session(2))];

  const appended = await print(["append", start.toLowerCase()], { input: HELLO });
  const fork = JSON.parse(await print(["fork", start, "--json"]));

  expect(appended).toBe(`appended to ${segmentId}: 1 entry, index 1`);
  expect(fork.base).toEqual({ segmentId, entryCount: "2" });
  expect(await print(["show", `${start}@1`])).toContain("hello");
  expect(await print(["restore", start])).toContain("hello");
  expect(await print(["tail", start, "--once"])).toContain("hello");
  expect(await print(["tail", "--session", sessionStart, "--from", "beginning", "--once"])).toContain("hello");
  expect(await print(["ls", sessionStart])).toContain(segmentId);
  expect(await seglog(["show", start.slice(0, -1)])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("more than one segment"),
  });
  expect(await seglog(["ls", "7"])).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("no session") });
  expect(await seglog(["show", "!"])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("nor the beginning of a ULID") });
});

/** The shortest beginning of an id that is not one of the other. */
function shortened(id: string, other: string): string {
  return id.slice(0, [...id].findIndex((character, i) => character !== other[i]) + 1);
}

test("help documents the exit codes and ends in examples for each command", async () => {
  const help = await runCli(["--help"]);
  const commands = [...help.stdout.matchAll(/^ {2}([a-z-]+) .*/gm)].map(([, name = ""]) => name).filter((name) => name !== "help");

  const helps = await Promise.all(commands.map((name) => runCli([name, "--help"])));

  expect(commands.sort()).toEqual(
    "append backup compact compact-store completion config create demo diff doctor export fork health import ls mirror restore restore-backup rm serve show status tail token trace tree truncate usage verify".split(
      " ",
    ),
  );
  for (const { exitCode, stdout, stderr } of helps) {
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/Examples:\n(?: {2}\$ .+\n){2,}$/);
  }
});
