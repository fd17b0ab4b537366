import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Engine } from "../../src/store/lmdb/engine.js";
import { FORMAT_VERSION, writeStoreMeta } from "../../src/store/lmdb/tables/store-meta.js";
import { Child } from "../support/child.js";
import { environment, MAIN, runCli, serveForCli } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";

test("serve says where it listens and gives three lines to paste, which work", async () => {
  const { socket, child, folder } = await serveForCli();
  const lines: string[] = [];
  while (lines.filter((line) => line !== "").length < 4) lines.push((await child.line()) ?? "");
  const [tail = "", demo = "", tree = ""] = lines.filter((line) => line !== "").slice(1);

  const shown = new Child("/bin/sh", ["-c", `${tail} --from beginning`], { env: environment(folder) });
  const shell = new Child("/bin/sh", ["-c", `${demo} --fast > /dev/null; ${tree}`], { env: environment(folder) });
  const printed = [await shell.line(), await shell.line(), await shell.line()];

  expect(tail).toContain(`SEGLOG_SOCKET=${socket}`);
  expect(printed).toEqual([
    expect.stringMatching(/^session \w{26} · 4 segments · 54 entries/),
    expect.stringMatching(/^● \w+ +31 entries +turn 3/),
    expect.stringMatching(/^├─▲ \w+ .* conflict with \w+ at turn 2/),
  ]);
  expect(await shell.ended()).toBe(0);
  expect(await shown.line()).toMatch(/ UTC$/);
});

test("serve --quiet prints nothing on standard output", async () => {
  const folder = temporaryFolder();
  const child = new Child(process.execPath, [MAIN, "serve", "--data", folder, "--quiet", "--log-level", "error"], {
    env: environment(folder),
  });
  await untilHealthy(join(folder, "run", "seglog.sock"));

  child.process.kill("SIGTERM");

  expect(await child.line()).toBeUndefined();
  expect(await child.ended()).toBe(0);
});

test.each(["SIGTERM", "SIGINT"] as const)("%s stops it with exit code 0 and takes the socket away", async (signal) => {
  const { child, seglog } = await serveForCli();

  child.process.kill(signal);

  expect(await child.ended()).toBe(0);
  expect(await seglog(["health"])).toMatchObject({ exitCode: 5 });
});

test("a store that another daemon owns is refused with 75 and one line", async () => {
  const { folder } = await serveForCli();

  const second = await runCli(["serve", "--data", join(folder, "data"), "--socket", join(folder, "other.sock")]);

  expect(second).toMatchObject({ exitCode: 75, stdout: "" });
  expect(second.stderr).toMatch(/^seglog: the store in \S+ is in use by pid \d+ since \S+; wanted one that nobody else has open\n$/);
});

test("a socket that somebody listens on is refused with 73", async () => {
  const { folder, socket } = await serveForCli();

  const second = await runCli(["serve", "--data", join(folder, "other"), "--socket", socket]);

  expect(second).toMatchObject({ exitCode: 73, stdout: "", stderr: expect.stringContaining("somebody listens on") });
});

test("a store of a newer format is refused with 76", async () => {
  const folder = temporaryFolder();
  const engine = new Engine(folder, 2 ** 20);
  await engine.commit((writer) => writeStoreMeta(writer, { formatVersion: FORMAT_VERSION + 1, storeId: "01ARZ3NDEKTSV4RRFFQ69G5FAV" }));
  await engine.close();

  const refused = await runCli(["serve", "--data", folder]);

  expect(refused).toMatchObject({ exitCode: 76, stdout: "", stderr: expect.stringContaining(`format ${FORMAT_VERSION + 1}`) });
});

test("a folder that others may write to is refused with 77", async () => {
  const folder = join(temporaryFolder(), "open");
  mkdirSync(folder);
  chmodSync(folder, 0o777);

  const refused = await runCli(["serve", "--data", folder]);

  expect(refused).toMatchObject({ exitCode: 77, stdout: "", stderr: expect.stringContaining("others may write to it") });
});

test("a value that no setting takes is refused with 2", async () => {
  const refused = await runCli(["serve", "--tails-max", "many"]);

  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("flag --tails-max") });
});

async function untilHealthy(socket: string): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    if ((await runCli(["health", "--socket", socket])).exitCode === 0) return;
  }
  throw new Error("the daemon did not come up");
}
