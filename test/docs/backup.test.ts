import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Child } from "../support/child.js";
import { environment, MAIN, serveForCli } from "../support/cli.js";
import { docBlocks } from "../support/doc-blocks.js";
import { docCommands } from "../support/doc-commands.js";

const PAGE = readFileSync("docs/backup.md", "utf8");

test("the commands of docs/backup.md do what the page says", async () => {
  const { folder, socket, print } = await serveForCli();
  const segmentId = await print(["create"]);
  symlinkSync(MAIN, join(folder, "seglog"));
  const env = { ...environment(folder), SEGLOG_SOCKET: socket, PATH: `${folder}:${process.env["PATH"] ?? ""}` };
  const commands = docBlocks(PAGE, "sh")
    .flatMap(docCommands)
    .map(({ command }) => command);
  const serve = commands.filter((command) => command.startsWith("seglog serve"));

  const ends: Record<string, number | NodeJS.Signals> = {};
  for (const command of commands.filter((each) => !serve.includes(each))) {
    ends[command] = await new Child("/bin/sh", ["-c", command], { cwd: folder, env }).ended();
  }
  const served = new Child("/bin/sh", ["-c", `exec ${serve[0]} --socket ./s.sock`], { cwd: folder, env });
  await served.line();

  expect(commands).toHaveLength(5);
  expect(serve).toHaveLength(1);
  expect(new Set(Object.values(ends))).toEqual(new Set([0]));
  expect(await print(["show", segmentId, "--socket", join(folder, "s.sock")])).toContain(" start");
  expect(readdirSync(folder).filter((name) => name.endsWith(".seglog"))).toHaveLength(2);
});
