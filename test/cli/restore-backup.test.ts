import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createSegmentClient } from "../../src/client/segment-client.js";
import { aSegment } from "../support/a-segment.js";
import { flipText, mustRun } from "../support/backups.js";
import { runCli, serveForCli } from "../support/cli.js";
import { userInput } from "../support/entries.js";
import { ONE_TRY } from "../support/one-try.js";

test("restore-backup takes a whole backup and an empty folder, and touches nothing otherwise", async () => {
  const { folder, socket, print } = await serveForCli();
  const client = createSegmentClient({ socket }, ONE_TRY);
  onTestFinished(() => client.close());
  const { segmentId } = await aSegment(client);
  await client.append({ segmentId, entries: [userInput("hello from the garden")] });
  const backup = join(folder, "monday");
  await print(["backup", backup]);
  const bytes = readFileSync(backup);
  const altered = (name: string, alter: (file: string) => void) => {
    writeFileSync(join(folder, name), bytes);
    alter(join(folder, name));
    return runCli(["restore-backup", join(folder, name), "--data", join(folder, `of-${name}`)]);
  };

  const flipped = await altered("flipped", (file) => flipText(file, "hello from the garden"));
  const short = await altered("short", (file) => truncateSync(file, bytes.length - 4096));
  const text = await altered("text", (file) => writeFileSync(file, "x".repeat(20_000)));
  const held = await runCli(["restore-backup", backup, "--data", join(folder, "data")]);
  mkdirSync(join(folder, "full"), { mode: 0o700 });
  writeFileSync(join(folder, "full", "letters.txt"), "");
  const full = await runCli(["restore-backup", backup, "--data", join(folder, "full")]);

  for (const refused of [flipped, short, text]) expect(refused).toMatchObject({ exitCode: 6, stdout: "" });
  expect(flipped.stderr).toContain(`is no whole backup: segment heads ${segmentId}@1: `);
  expect(text.stderr).toContain("is no whole backup: ");
  expect(held).toMatchObject({ exitCode: 75 });
  expect(full).toMatchObject({ exitCode: 4, stderr: expect.stringContaining("is not empty (letters.txt)") });
  expect(readdirSync(join(folder, "of-flipped"))).toEqual(["LOCK"]);
  expect(readFileSync(backup)).toEqual(bytes);
});

test("serve refuses what was not brought back whole, and takes it once it is", async () => {
  const { folder, print, child } = await serveForCli();
  await print(["backup", join(folder, "monday")]);
  child.process.kill("SIGTERM");
  await child.ended();
  const again = join(folder, "again");
  mkdirSync(join(again, "data", "data.mdb.partial"), { recursive: true, mode: 0o700 });
  writeFileSync(join(again, "data", "data.mdb.partial", "data.mdb"), "half");

  const refused = await runCli(["serve", "--data", join(again, "data"), "--socket", join(again, "s.sock")]);
  await mustRun(["restore-backup", join(folder, "monday"), "--data", join(again, "data")]);
  const served = await serveForCli([], again);

  expect(refused).toMatchObject({ exitCode: 72, stdout: "", stderr: expect.stringContaining("was not brought back whole") });
  expect(await served.print(["health"])).toContain("SERVING");
  expect(readdirSync(join(again, "data")).toSorted()).toEqual(["LOCK", "STORE", "data.mdb", "lock.mdb"]);
});
