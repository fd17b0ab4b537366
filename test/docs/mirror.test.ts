import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Child } from "../support/child.js";
import { environment, MAIN, serveForCli } from "../support/cli.js";

const PAGE = readFileSync("docs/mirror.md", "utf8");

test("the commands of docs/mirror.md do what the page says", async () => {
  const { folder, socket, print } = await serveForCli();
  const segmentId = await print(["create"]);
  await print(["append", segmentId], { input: '{"turnEnd":{"turnCount":"1"}}\n' });
  symlinkSync(MAIN, join(folder, "seglog"));
  const env = { ...environment(folder), SEGLOG_SOCKET: socket, PATH: `${folder}:${process.env["PATH"] ?? ""}` };
  const elsewhere = new Child(process.execPath, [MAIN, "serve", "--data", "./elsewhere"], { cwd: folder, env: environment(folder) });
  await elsewhere.line();
  const [, commands = ""] = /^```sh\n([^`]+)^```/m.exec(PAGE) ?? [];
  const [, output] = /^```console\n([^`]+)^```/m.exec(PAGE) ?? [];

  const run = new Child("/bin/sh", ["-ec", commands], { cwd: folder, env });
  const lines: string[] = [];
  for (let line = await run.line(); line !== undefined; line = await run.line()) lines.push(line);

  expect(await run.ended()).toBe(0);
  expect(`${lines.join("\n")}\n`).toBe(`${output}${output}`);
  expect(readdirSync(join(folder, "copy")).filter((name) => !name.startsWith("."))).toHaveLength(1);
  expect(readdirSync(join(folder, ".local/state/seglog/mirrors")).filter((name) => name.endsWith(".json"))).toHaveLength(1);
  expect(await print(["show", segmentId, "--socket", join(folder, "elsewhere/run/seglog.sock")])).toContain("turn 1");
});
