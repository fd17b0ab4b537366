import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { daemonForCli, serveForCli } from "../support/cli.js";
import { filesBelow, messageItem, SEGMENT, SESSION, startLine, turnEndLine, writeLayoutFile } from "../support/jsonl-layout.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const OTHER_SESSION = "01960000-0000-7000-8000-0000000000cc";

test("a log that came in whole gives 0, a second import changes nothing, and a log that grew is caught up", async () => {
  const { seglog } = await daemonForCli();
  const folder = temporaryFolder();
  const log = writeLayoutFile(folder, `${startLine()}\n${turnEndLine(1)}\n`);

  const first = await importOnce(seglog, folder);
  const second = await importOnce(seglog, folder);
  appendFileSync(log, `${turnEndLine(2)}\n`);
  const third = await importOnce(seglog, folder);

  expect(first).toMatchObject({ exitCode: 0, segment: { outcome: "added", addedCount: "2", entryCount: "2", problems: [] } });
  expect(second).toMatchObject({ exitCode: 0, segment: { outcome: "unchanged", addedCount: "0", entryCount: "2", problems: [] } });
  expect(third).toMatchObject({ exitCode: 0, segment: { outcome: "added", addedCount: "1", entryCount: "3", problems: [] } });
});

test("a shorter log adds nothing and takes nothing away", async () => {
  const { seglog } = await daemonForCli();
  const folder = temporaryFolder();
  writeLayoutFile(folder, `${startLine()}\n${turnEndLine(1)}\n`);
  await importOnce(seglog, folder);

  writeLayoutFile(folder, `${startLine()}\n`);

  expect(await importOnce(seglog, folder)).toMatchObject({ exitCode: 0, segment: { outcome: "unchanged", entryCount: "2" } });
});

test("a torn last line is reported and left out until it is whole", async () => {
  const { seglog } = await daemonForCli();
  const folder = temporaryFolder();
  const log = writeLayoutFile(folder, `${startLine()}\n${turnEndLine(1).slice(0, 20)}`);

  const torn = await importOnce(seglog, folder);
  appendFileSync(log, `${turnEndLine(1).slice(20)}\n`);
  const whole = await importOnce(seglog, folder);

  expect(torn).toMatchObject({ exitCode: 6, segment: { entryCount: "1" } });
  expect(torn.stderr).toContain(`${log}:2: the last line is torn: left out\n`);
  expect(whole).toMatchObject({ exitCode: 0, segment: { addedCount: "1", entryCount: "2" } });
});

test("a last line that is cut within a character is reported and left out", async () => {
  const { seglog } = await daemonForCli();
  const folder = temporaryFolder();
  const log = writeLayoutFile(folder, Buffer.concat([Buffer.from(`${startLine()}\n{"kind":"`), Buffer.from([0xe5, 0xba])]));

  const torn = await importOnce(seglog, folder);

  expect(torn).toMatchObject({ exitCode: 6, segment: { entryCount: "1" } });
  expect(torn.stderr).toContain(`${log}:2: the last line is torn within a character: left out\n`);
});

test("a line that the seed's reader refuses is kept, and export writes it back", async () => {
  const { seglog, print, folder: own } = await daemonForCli();
  const folder = temporaryFolder();
  const glued = `${turnEndLine(1)}${turnEndLine(2)}`;
  const log = writeLayoutFile(folder, `${startLine()}\n${glued}\n${turnEndLine(3)}\n`);

  const imported = await importOnce(seglog, folder);
  await print(["export", "--out", join(own, "out")]);

  expect(imported).toMatchObject({ exitCode: 6, segment: { entryCount: "3" } });
  expect(imported.stderr).toContain(`${log}:2: kept as a foreign entry: `);
  expect(filesBelow(join(own, "out"))).toEqual(filesBelow(folder));
});

test("plural kinds of older versions become one entry an item, and the shift is reported", async () => {
  const { seglog, print } = await daemonForCli();
  const folder = temporaryFolder();
  const plural = JSON.stringify({ kind: "hook_injected_items", ts: 7, items: [messageItem("a"), messageItem("b"), messageItem("c")] });
  const log = writeLayoutFile(folder, `${startLine()}\n${plural}\n${turnEndLine(1)}\n`);

  const imported = await importOnce(seglog, folder);
  const kinds = (await print(["show", SEGMENT, "--json"])).split("\n").map((line) => JSON.parse(line));

  expect(imported).toMatchObject({ exitCode: 6, segment: { entryCount: "5" } });
  expect(imported.stderr).toContain(`${log}:2: became 3 entries: from here on indexes differ by +2`);
  expect(kinds.slice(1, 4)).toMatchObject([{ assistantItem: {} }, { assistantItem: {} }, { assistantItem: {} }]);
  expect(new Set(kinds.slice(1, 4).map(({ time }) => time)).size).toBe(1);
});

test("paused_turn_abandoned comes in whole, and goes out again", async () => {
  const { seglog, print, folder: own } = await daemonForCli();
  const folder = temporaryFolder();
  writeLayoutFile(folder, `${startLine()}\n{"kind":"paused_turn_abandoned","ts":3}\n`);

  const imported = await importOnce(seglog, folder);
  await print(["export", "--out", join(own, "out")]);

  expect(imported).toMatchObject({ exitCode: 0, segment: { entryCount: "2" } });
  expect(filesBelow(join(own, "out"))).toEqual(filesBelow(folder));
});

test("unknown keys and times past year 9999 are reported by file and line", async () => {
  const { seglog } = await daemonForCli();
  const folder = temporaryFolder();
  const log = writeLayoutFile(folder, `${startLine({ hash: "x" })}\n{"kind":"turn_end","ts":253402300800000,"turn_count":1}\n`);

  const imported = await importOnce(seglog, folder);

  expect(imported).toMatchObject({ exitCode: 6, segment: { entryCount: "2" } });
  expect(imported.stderr).toMatch(new RegExp(`^${log}:1: .*hash`, "m"));
  expect(imported.stderr).toMatch(new RegExp(`^${log}:2: .*past year 9999`, "m"));
});

test.each([
  ["is empty", "", 1, "the log has no entries"],
  ["begins with another entry", `${turnEndLine(1)}\n`, 1, "does not begin with a segment_start"],
])("a log that %s is reported and left out", async (_, content, line, problem) => {
  const { seglog, print } = await daemonForCli();
  const folder = temporaryFolder();
  const log = writeLayoutFile(folder, content);

  const imported = await importOnce(seglog, folder);

  expect(imported).toMatchObject({ exitCode: 6, segment: { outcome: "leftOut", entryCount: null } });
  expect(imported.stderr).toMatch(new RegExp(`^${log}:${line}: .*${problem}`, "m"));
  expect(await print(["ls", "--json"])).toBe("");
});

test("stray files and folders are skipped, and no pipe is waited for", async () => {
  const { seglog, print } = await daemonForCli();
  const folder = temporaryFolder();
  writeLayoutFile(folder, `${startLine()}\n`);
  writeFileSync(join(folder, SESSION, "notes.jsonl"), "{}\n");
  writeFileSync(join(folder, SESSION, "draft.txt"), "x");
  writeFileSync(join(folder, `${SEGMENT}.jsonl`), `${startLine()}\n`);
  mkdirSync(join(folder, "pods", "a"), { recursive: true });
  execFileSync("mkfifo", [join(folder, SESSION, `${OTHER_SESSION}.jsonl`)]);

  const imported = await importOnce(seglog, folder);

  expect(imported).toMatchObject({ exitCode: 0, segment: { entryCount: "1" } });
  expect((await print(["ls", SESSION, "--json"])).split("\n")).toHaveLength(1);
});

test("a log that differs from what is here is reported by line and left out", async () => {
  const { seglog, print } = await daemonForCli();
  const folder = temporaryFolder();
  writeLayoutFile(folder, `${startLine()}\n${turnEndLine(1)}\n`);
  await importOnce(seglog, folder);

  const log = writeLayoutFile(folder, `${startLine()}\n${turnEndLine(5)}\n${turnEndLine(6)}\n`);
  const imported = await importOnce(seglog, folder);

  expect(imported).toMatchObject({ exitCode: 6, segment: { outcome: "leftOut" } });
  expect(imported.stderr).toContain(`${log}:2: differs from what is here`);
  expect(await print(["show", `${SEGMENT}@1`])).toContain("turn 1");
});

test("a segment that another session has already is reported, its trace too, and the others come in", async () => {
  const { seglog, print } = await daemonForCli();
  const folder = temporaryFolder();
  const third = "01960000-1000-7000-8000-0000000000dd";
  writeLayoutFile(folder, `${startLine()}\n`);
  const log = writeLayoutFile(folder, `${startLine()}\n`, { session: OTHER_SESSION });
  const trace = writeLayoutFile(folder, '{"ts":1,"turn":0,"event":{}}\n', { session: OTHER_SESSION, suffix: ".trace.jsonl" });
  writeLayoutFile(folder, `${startLine({ session_id: OTHER_SESSION })}\n`, { session: OTHER_SESSION, segment: third });

  const imported = await seglog(["import", folder]);

  expect(imported.exitCode).toBe(6);
  expect(imported.stderr).toMatch(new RegExp(`^${log}: segment \\S+ exists already, in session \\S+: left out$`, "m"));
  expect(imported.stderr).toContain(`${trace}: a trace whose log is not here: left out\n`);
  expect(JSON.parse(await print(["ls", OTHER_SESSION, "--json"]))).toMatchObject({ entryCount: "1" });
});

test("a start that names another session than its folder is reported; the folder counts", async () => {
  const { seglog, print, folder: own } = await daemonForCli();
  const folder = temporaryFolder();
  const log = writeLayoutFile(folder, `${startLine({ session_id: OTHER_SESSION })}\n`);

  const imported = await importOnce(seglog, folder);
  await print(["export", SESSION, "--out", join(own, "out")]);

  expect(imported).toMatchObject({ exitCode: 6, segment: { entryCount: "1" } });
  expect(imported.stderr).toContain(`${log}:1: names another session than the folder`);
  expect(filesBelow(join(own, "out"))).toEqual(filesBelow(folder));
});

test("origins of absent segments are kept", async () => {
  const { seglog, print, folder: own } = await daemonForCli();
  const folder = temporaryFolder();
  const absent = { segment_id: "01960000-9000-7000-8000-0000000000ee", at_turn_index: 4 };
  writeLayoutFile(folder, `${startLine({ forked_from: absent, compacted_from: absent })}\n`);

  const imported = await importOnce(seglog, folder);
  await print(["export", "--out", join(own, "out")]);

  expect(imported.exitCode).toBe(0);
  expect(await print(["ls", SESSION])).toMatch(/fork of \S+ at turn 4, compaction of \S+ at turn 4/);
  expect(filesBelow(join(own, "out"))).toEqual(filesBelow(folder));
});

test("a trace comes in once, one that grew is caught up, and one that differs is reported", async () => {
  const { seglog } = await daemonForCli();
  const folder = temporaryFolder();
  const record = (turn: number) => `${JSON.stringify({ ts: 1, turn, kind: "lifecycle", label: "sent" })}\n`;
  writeLayoutFile(folder, `${startLine()}\n`);
  const trace = writeLayoutFile(folder, record(1), { suffix: ".trace.jsonl" });

  const first = await importOnce(seglog, folder);
  appendFileSync(trace, record(2));
  const grown = await importOnce(seglog, folder);
  const again = await importOnce(seglog, folder);
  writeFileSync(trace, record(1) + record(9));
  const differing = await importOnce(seglog, folder);

  expect([first, grown, again].map(({ exitCode, segment }) => [exitCode, segment.traceAddedCount])).toEqual([
    [0, 1],
    [0, 1],
    [0, 0],
  ]);
  expect(differing).toMatchObject({ exitCode: 6, segment: { traceAddedCount: 0 } });
  expect(differing.stderr).toContain(`${trace}:2: differs from the trace that is here`);
});

test("what is above the limit of an entry ends the log there, and comes in once the limit is higher", async () => {
  const folder = temporaryFolder();
  const large = JSON.stringify({ kind: "run_errored", ts: 3, interrupted: false, message: "x".repeat(9000) });
  const log = writeLayoutFile(folder, `${startLine()}\n${large}\n${turnEndLine(1)}\n`);
  const strict = await serveForCli(["--entry-bytes-max", "4KiB"]);

  const cut = await importOnce(strict.seglog, folder);
  strict.child.process.kill("SIGTERM");
  await strict.child.ended();
  const lax = await serveForCli([], strict.folder);
  const whole = await importOnce(lax.seglog, folder);

  expect(cut).toMatchObject({ exitCode: 6, segment: { entryCount: "1" } });
  expect(cut.stderr).toMatch(
    new RegExp(`^${log}:2: the entry has \\d+ bytes, the limit is \\d+: left out, with all that follows it$`, "m"),
  );
  expect(whole).toMatchObject({ exitCode: 0, segment: { addedCount: "2", entryCount: "3" } });
});

test("a folder that is not there is not found, and a file is no folder", async () => {
  const { seglog, folder } = await daemonForCli();
  writeFileSync(join(folder, "file"), "");

  expect(await seglog(["import", join(folder, "nowhere")])).toMatchObject({ exitCode: 3, stdout: "" });
  expect(await seglog(["import", join(folder, "file")])).toMatchObject({ exitCode: 2, stdout: "" });
});

type Seglog = Awaited<ReturnType<typeof serveForCli>>["seglog"];

/** Imports a folder with one segment; what was printed of it is read. */
async function importOnce(seglog: Seglog, folder: string) {
  const { exitCode, stdout, stderr } = await seglog(["import", folder, "--json"]);
  return { exitCode, stderr, segment: JSON.parse(stdout) };
}
