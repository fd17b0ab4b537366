import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Child } from "../support/child.js";
import { type CliDaemon, environment, MAIN, runCli, serveForCli } from "../support/cli.js";
import { flipText, zeroPageOf } from "../support/damaged-store.js";
import { docBlocks } from "../support/doc-blocks.js";
import { filesBelow } from "../support/jsonl-layout.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const WORD = "QUESTIONABLE";

test("verify says of a whole store what it looked at, and of a damaged one which entry it is, without its text", async () => {
  const { dataDir, segmentId } = await stoppedStore();
  const whole = await verify(dataDir, "--deep");
  flipText(dataDir, WORD);

  const damaged = await verify(dataDir);
  const json = await verify(dataDir, "--json", "--deep");

  expect(whole).toMatchObject({ exitCode: 0, stderr: "" });
  expect(whole.stdout).toMatch(/^store \S{26}, format \d\n\nCHECK {2,}LOOKED AT {2}FINDINGS {2}OF ALL\nformat +1 +0 {2}all\n/);
  expect(whole.stdout).toMatch(/^library +\d+ +0 {2}all$/m);
  expect(damaged.exitCode).toBe(6);
  expect(damaged.stdout).toMatch(new RegExp(`^feed +${segmentId} +2 {2}record at position \\d+ fails its checksum$`, "m"));
  expect(damaged.stderr).toBe(
    [
      `seglog: the store in ${dataDir} is damaged: 1 finding`,
      `  see what is damaged  seglog verify --deep --data ${dataDir}`,
      "  go back to a backup  seglog restore-backup",
      `  save what is intact  seglog export --from-store ${dataDir} --out DIR`,
      "",
    ].join("\n"),
  );
  expect(json.exitCode).toBe(6);
  const found = json.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(found[0]).toMatchObject({ store: { findingCount: 1 } });
  expect(found.at(-1)).toEqual({
    finding: { table: "feed", segmentId, index: "2", problem: expect.stringContaining("fails its checksum") },
  });
  expect(damaged.stdout + json.stdout).not.toContain("UESTIONABLE");
});

test("verify refuses a store that a daemon has with 75, and one that is not there with 3", async () => {
  const { folder } = await serveForCli();

  const held = await verify(join(folder, "data"));
  const none = await verify(join(folder, "nothing"));

  expect(held).toMatchObject({
    exitCode: 75,
    stdout: "",
    stderr: expect.stringMatching(/is in use by pid \d+ [^\n]*\n {2}stop the daemon first/),
  });
  expect(none).toMatchObject({ exitCode: 3, stdout: "" });
  expect(existsSync(join(folder, "nothing"))).toBe(false);
});

test("serve refuses a store with a damaged record with 6, and with --allow-damaged serves the rest of it", async () => {
  const { dataDir, folder, segmentId } = await stoppedStore();
  flipText(dataDir, WORD);
  const before = readFileSync(join(dataDir, "data.mdb"));

  const refused = await runCli(["serve", "--data", dataDir]);
  const after = readFileSync(join(dataDir, "data.mdb"));
  const { seglog } = await serveForCli(["--allow-damaged"], folder);
  const lost = await seglog(["show", `${segmentId}@2`]);
  const intact = await seglog(["show", `${segmentId}@1`]);
  const appended = await seglog(["append", segmentId], { input: said("more") });

  expect(refused).toMatchObject({ exitCode: 6, stdout: "" });
  expect(refused.stderr).toMatch(
    new RegExp(`^seglog: the store in ${dataDir} is damaged \\(1 finding: feed ${segmentId}@2: record at position`),
  );
  expect(refused.stderr).toContain("serve what is intact  seglog serve --allow-damaged\n");
  expect(after.equals(before)).toBe(true);
  expect(lost).toMatchObject({ exitCode: 6, stderr: expect.stringContaining(`${segmentId} at index 2`) });
  expect(intact).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("first") });
  expect(appended.exitCode).toBe(0);
});

test("serve refuses a store that has ended three processes before, and says so", async () => {
  const { dataDir } = await stoppedStore();
  writeFileSync(join(dataDir, "opening"), "pid 1 since a\npid 2 since b\npid 3 since c\n");

  const refused = await runCli(["serve", "--data", dataDir]);

  expect(refused).toMatchObject({ exitCode: 6, stdout: "", stderr: expect.stringContaining("ended the process 3 times in a row") });
  expect(refused.stderr).toContain(`try once more        rm ${join(dataDir, "opening")}\n`);
});

test("what is saved from a whole store is what a daemon exports of it", async () => {
  const { dataDir, folder, exported } = await stoppedStore();

  const saved = await runCli(["export", "--from-store", dataDir, "--out", join(folder, "saved")]);

  expect(saved).toMatchObject({ exitCode: 0, stderr: "", stdout: expect.stringMatching(/^losses listed +0$/m) });
  expect(filesBelow(join(folder, "saved"))).toEqual(exported);
});

test("all but the damaged entries are saved, and those are listed with segment, indexes and reason, also where a fork inherits them", async () => {
  const { dataDir, folder, segmentId, forkId, exported } = await stoppedStore();
  flipText(dataDir, WORD);
  const out = join(folder, "saved");

  const saved = await runCli(["export", "--from-store", dataDir, "--out", out]);

  expect(saved.exitCode).toBe(6);
  expect(saved.stderr).toContain(`segment ${segmentId}, log 2: fails its checksum, or cannot be reached\n`);
  const lost = readFileSync(join(out, "lost.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lost).toMatchObject([
    { segmentId, of: "log", fromIndex: "2", toIndex: "3", reason: "fails its checksum, or cannot be reached" },
    {
      segmentId: forkId,
      of: "log",
      fromIndex: "0",
      toIndex: "1",
      reason: expect.stringContaining(`inherits entries 2 to 2 of ${segmentId}`),
    },
  ]);
  const { "lost.jsonl": _list, ...logs } = filesBelow(out);
  const withoutTheEntry = Object.values(exported).flatMap((text) => text.split("\n").filter((line) => !line.includes(WORD)));
  const written = Object.values(logs).flatMap((text) => text.split("\n"));
  expect(written).toEqual(expect.arrayContaining(withoutTheEntry));
});

test("what stands below a damaged page is saved as far as its own pages are intact", async () => {
  const { dataDir, folder, exported } = await stoppedStore(400);
  const lines = Object.values(exported).join("").split("\n").length;
  zeroPageOf(dataDir, WORD);

  const saved = await runCli(["export", "--from-store", dataDir, "--out", join(folder, "saved")]);

  expect(saved.exitCode).toBe(6);
  const written = Number(/^entries written +(\d+)$/m.exec(saved.stdout)?.[1]);
  expect(written).toBeGreaterThan(lines - 50);
  expect(written).toBeLessThan(lines);
  expect(saved.stderr).toMatch(/^file: page \d+ /m);
});

test("the doctor finds nothing wrong with a store at rest, names what is, and ends with 1 then", async () => {
  const { dataDir } = await stoppedStore();
  const well = await runCli(["doctor", "--data", dataDir]);
  mkdirSync(join(dataDir, "run"), { recursive: true });
  writeFileSync(join(dataDir, "run", "seglog.sock"), "");
  zeroPageOf(dataDir, WORD);
  const bytes = readFileSync(join(dataDir, "data.mdb")).fill(0, 0, 4096);
  writeFileSync(join(dataDir, "data.mdb"), bytes);

  const unwell = await runCli(["doctor", "--data", dataDir, "--json"]);

  expect(well.exitCode).toBe(0);
  expect(well.stdout).toMatch(/^(?:ok|warn) +node +Node v\d+/m);
  expect(well.stdout).toMatch(/^ok +store +\S{26}, format \d, held by nobody$/m);
  expect(unwell).toMatchObject({ exitCode: 1, stderr: "seglog: not well: store, socket\n" });
  const lines = unwell.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ name }) => name)).toEqual([
    "node",
    "flock",
    "limits",
    "data folder",
    "file system",
    "space",
    "store",
    "readers",
    "socket",
  ]);
  expect(lines.find(({ name }) => name === "store")).toMatchObject({ verdict: "fail", says: expect.stringContaining("seglog verify") });
});

test("the commands of docs/damage.md do what it says", { timeout: 180_000 }, async () => {
  const { dataDir, folder } = await stoppedStore();
  flipText(dataDir, WORD);
  const page = readFileSync("docs/damage.md", "utf8");
  const commands = docBlocks(page, "sh").flatMap(({ text }) => text.trimEnd().split("\n"));
  writeFileSync(join(folder, "seglog"), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`, { mode: 0o755 });
  const script = [`PATH="${folder}:$PATH"`, "set -u", ...commands.flatMap(asStep), "for job in $(jobs -p); do kill $job; done; wait"];
  const place = join(folder, "place");
  mkdirSync(place, { mode: 0o700 });
  writeFileSync(join(folder, "script.sh"), script.join("\n").replaceAll("./store", dataDir));

  const shell = new Child("/bin/bash", [join(folder, "script.sh")], { env: environment(folder), cwd: place });
  const steps: string[] = [];
  for (let line = await shell.line(); line !== undefined; line = await shell.line()) if (line.startsWith("STEP ")) steps.push(line);

  expect(await shell.ended()).toBe(0);
  expect(commands).toHaveLength(6);
  expect(steps).toEqual(["STEP 6 as told", "STEP 6 as told", "STEP 6 as told", "STEP 0 as told", "STEP 0 as told", "STEP 0 as told"]);
  expect(readdirSync(place).toSorted()).toEqual(["new", "saved"]);
});

/** A command and how it ended; a daemon has ended well once it answers. */
function asStep(command: string): string[] {
  const wanted = /# ends with (\d+)$/.exec(command)?.[1] ?? "0";
  const tell = `[ $code = ${wanted} ] && echo "STEP $code as told" || echo "STEP $code instead of ${wanted}"`;
  if (!command.endsWith("&")) return [command, "code=$?", tell];
  const data = /--data (\S+)/.exec(command)?.[1];
  return [command, `for i in $(seq 100); do seglog health --socket ${data}/run/seglog.sock >/dev/null 2>&1 && break; done; code=$?`, tell];
}

/** A store with a segment of which entry 2 holds the WORD and a fork of it, which no daemon has any more. */
async function stoppedStore(more = 0) {
  const folder = temporaryFolder();
  const daemon = await serveForCli([], folder);
  const segmentId = await daemon.print(["create", "--system-prompt", "be brief"]);
  for (const text of ["first", `${WORD} ${"z".repeat(2500)}`, "third"]) await daemon.print(["append", segmentId], { input: said(text) });
  const forkId = await daemon.print(["fork", segmentId]);
  await daemon.print(["append", forkId], { input: said("in the fork") });
  if (more > 0)
    await daemon.print(["append", forkId], { input: Array.from({ length: more }, (_, i) => said(`${i} ${"y".repeat(700)}`)).join("") });
  await daemon.print(["export", "--out", join(folder, "out")]);
  await stop(daemon);
  return { folder, dataDir: join(folder, "data"), segmentId, forkId, exported: filesBelow(join(folder, "out")) };
}

async function stop({ child }: CliDaemon): Promise<void> {
  child.process.kill("SIGTERM");
  await child.ended();
}

function verify(dataDir: string, ...flags: string[]) {
  return runCli(["verify", "--data", dataDir, ...flags]);
}

function said(text: string): string {
  return `${JSON.stringify({ userInput: { pieces: [{ text }] } })}\n`;
}
