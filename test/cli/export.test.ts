import { appendFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createSegmentClient } from "../../src/client/segment-client.js";
import { idToUuid, parseSegmentId, parseSessionId } from "../../src/model/id.js";
import { type CommandLine, daemonForCli } from "../support/cli.js";
import { exactJson } from "../support/exact-json.js";
import { filesBelow, messageItem, SEGMENT, SESSION, startLine, turnEndLine, writeLayoutFile } from "../support/jsonl-layout.js";
import { ONE_TRY } from "../support/one-try.js";
import { temporaryFolder } from "../support/temporary-folder.js";

test("what forks inherit is filled in, fork upon fork, and an export is the same after an import elsewhere", async () => {
  const source = await daemonForCli();
  const { sessionId, deepest } = await aTree(source);
  const elsewhere = await daemonForCli();

  await source.print(["export", "--out", join(source.folder, "out")]);
  const imported = await elsewhere.seglog(["import", join(source.folder, "out")]);
  await elsewhere.print(["export", "--out", join(elsewhere.folder, "out")]);

  const files = filesBelow(join(source.folder, "out"));
  const start = JSON.parse(fileOf(files, sessionId, deepest).split("\n")[0] ?? "");
  expect(start).toMatchObject({
    system_prompt: "be brief",
    history: [messageItem("one"), messageItem("two")],
    forked_from: { at_turn_index: 0 },
  });
  expect(imported.exitCode).toBe(0);
  expect(filesBelow(join(elsewhere.folder, "out"))).toEqual(files);
});

test("an export compares equal with the store that it is of, and what it grew by is caught up", async () => {
  const daemon = await daemonForCli();
  const { sessionId, deepest } = await aTree(daemon);
  const out = join(daemon.folder, "out");
  await daemon.print(["export", "--out", out]);

  const again = await daemon.seglog(["import", out]);
  appendFileSync(pathOf(out, sessionId, deepest), `${turnEndLine(7)}\n`);
  const grown = await daemon.seglog(["import", out]);

  expect(again.exitCode).toBe(0);
  expect(again.stdout).toMatch(/^segments unchanged +3$/m);
  expect(grown.exitCode).toBe(0);
  expect(grown.stdout).toMatch(/^entries added +1$/m);
  expect(await daemon.print(["show", deepest])).toMatch(/inherits 2 entries[\s\S]*turn 7/);
});

test("a session alone is exported where one is named, and an unknown one is not found", async () => {
  const daemon = await daemonForCli();
  await daemon.print(["create"]);
  const { sessionId } = JSON.parse(await daemon.print(["create", "--json"]));
  const out = join(daemon.folder, "out");

  await daemon.print(["export", sessionId, "--out", out]);
  const unknown = await daemon.seglog(["export", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "--out", join(daemon.folder, "none")]);

  expect(readdirSync(out)).toEqual([idToUuid(parseSessionId(sessionId))]);
  expect(unknown).toMatchObject({ exitCode: 3, stdout: "" });
  expect(lstatSync(join(daemon.folder, "none"), { throwIfNoEntry: false })).toBeUndefined();
});

test("files are private, whole, and replaced; nothing temporary stays", async () => {
  const daemon = await daemonForCli();
  const segmentId = await daemon.print(["create"]);
  const out = join(daemon.folder, "out");
  await daemon.print(["export", "--out", out]);
  await daemon.print(["append", segmentId], { input: '{"turnEnd":{"turnCount":"1"}}\n' });

  await daemon.print(["export", "--out", out]);

  const [file = "", ...others] = Object.keys(filesBelow(out));
  expect(others).toEqual([]);
  expect(readFileSync(join(out, file), "utf8").trimEnd().split("\n")).toHaveLength(2);
  expect(statSync(join(out, file)).mode & 0o777).toBe(0o600);
  expect([out, join(out, file, "..")].map((folder) => statSync(folder).mode & 0o777)).toEqual([0o700, 0o700]);
});

test("no symbolic link leads an export out of its folder", async () => {
  const daemon = await daemonForCli();
  const { sessionId, segmentId } = JSON.parse(await daemon.print(["create", "--json"]));
  const [outside, linkedFolder, linkedFile] = ["outside", "a", "b"].map((name) => join(daemon.folder, name)) as [string, string, string]; // as many as names
  mkdirSync(outside);
  writeFileSync(join(outside, "precious"), "x");
  const session = idToUuid(parseSessionId(sessionId));
  mkdirSync(linkedFolder);
  symlinkSync(outside, join(linkedFolder, session));
  mkdirSync(join(linkedFile, session), { recursive: true });
  symlinkSync(join(outside, "precious"), pathOf(linkedFile, sessionId, segmentId));

  const refused = await daemon.seglog(["export", "--out", linkedFolder]);
  await daemon.print(["export", "--out", linkedFile]);

  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("is no folder of its own") });
  expect(filesBelow(outside)).toEqual({ precious: "x" });
  expect(lstatSync(pathOf(linkedFile, sessionId, segmentId)).isFile()).toBe(true);
});

test("kinds without a form in the layout are counted and reported, and the rest is exported", async () => {
  const daemon = await daemonForCli();
  const client = createSegmentClient({ socket: daemon.socket }, ONE_TRY);
  onTestFinished(() => client.close());
  const foreign = { kind: { case: "foreign" as const, value: { format: "other", text: "x" } } };
  const start = { kind: { case: "segmentStart" as const, value: { sessionId: SESSION } } };
  await client.importSegment([{ sessionId: SESSION, segmentId: SEGMENT, entries: [start, foreign, foreign] }]);

  const exported = await daemon.seglog(["export", "--out", join(daemon.folder, "out"), "--json"]);
  const again = await daemon.seglog(["import", join(daemon.folder, "out")]);
  const shown = await daemon.seglog(["show", `${SEGMENT}@1`, "--format", "session-store"]);

  expect(exported.exitCode).toBe(6);
  expect(JSON.parse(exported.stdout)).toMatchObject({ outcome: "exported", lineCount: 1, leftOut: { foreign: 2 } });
  expect(exported.stderr).toContain("entries of kind foreign without a form in this layout, left out: 2");
  expect(again.exitCode).toBe(0);
  expect(shown).toMatchObject({ exitCode: 6, stdout: "" });
});

test("a state of 6 MB imports, restores, exports and compares equal", { timeout: 300_000 }, async () => {
  const daemon = await daemonForCli();
  const folder = temporaryFolder();
  const text = "x".repeat(100_000);
  const history = Array.from({ length: 60 }, (_, i) => messageItem(`${i} ${text}`));
  const log = writeLayoutFile(folder, `${startLine({ history })}\n${turnEndLine(1)}\n`);
  const out = join(daemon.folder, "out");

  const imported = await daemon.seglog(["import", folder]);
  const restored = await daemon.print(["restore", SEGMENT, "--format", "session-store"]);
  const fork = await daemon.print(["fork", SEGMENT, "--turn", "0"]);
  const opening = await daemon.print(["show", `${fork}@0`, "--format", "session-store"]);
  const exported = await daemon.seglog(["export", "--out", out]);
  const again = await daemon.seglog(["import", out]);

  expect(imported.stderr).toMatch(new RegExp(`^${log}:1: larger than an entry may be, kept whole as \\d+ entries`));
  expect(JSON.parse(restored).history).toEqual(history);
  expect(JSON.parse(opening).history).toEqual(history);
  expect(exported).toMatchObject({ exitCode: 0, stderr: "" });
  expect(readFileSync(pathOf(out, SESSION, SEGMENT)).equals(readFileSync(log))).toBe(true);
  expect(again.stdout).toMatch(/^segments unchanged +2$/m);
});

test("times are exported to the millisecond, and still compare equal", async () => {
  const daemon = await daemonForCli();
  const segmentId = await daemon.print(["create"]);
  await daemon.print(["append", segmentId], {
    input: '{"time":"2026-01-01T00:00:00.123456789Z","extension":{"domain":"d","payloadJson":" [ 9007199254740993 ] "}}\n',
  });
  const out = join(daemon.folder, "out");

  await daemon.print(["export", "--out", out]);
  const again = await daemon.seglog(["import", out]);

  const [, line = ""] = Object.values(filesBelow(out))[0]?.split("\n") ?? [];
  expect(line).toBe('{"kind":"extension","ts":1767225600123,"domain":"d","payload":[9007199254740993]}');
  expect(exactJson(line)).toMatchObject({ payload: [{ number: "9007199254740993" }] });
  expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^segments unchanged +1$/m) });
});

/** A segment, a fork of it, and a fork of that one. */
async function aTree({ print }: CommandLine): Promise<{ readonly sessionId: string; readonly deepest: string }> {
  const { sessionId, segmentId } = JSON.parse(await print(["create", "--system-prompt", "be brief", "--json"]));
  const says = (text: string) => `${JSON.stringify({ userInput: { pieces: [{ text }] } })}\n`;
  await print(["append", segmentId], { input: says("one") });
  const fork = await print(["fork", segmentId]);
  await print(["append", fork], { input: says("two") });
  const deepest = await print(["fork", fork]);
  await print(["append", deepest], { input: says("three") });
  return { sessionId, deepest };
}

function pathOf(out: string, sessionId: string, segmentId: string): string {
  return join(out, idToUuid(parseSessionId(sessionId)), `${idToUuid(parseSegmentId(segmentId))}.jsonl`);
}

function fileOf(files: Readonly<Record<string, string>>, sessionId: string, segmentId: string): string {
  return files[pathOf("", sessionId, segmentId)] ?? "";
}
