import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bashScript } from "../../src/cli/completion/bash-script.js";
import { completionModel } from "../../src/cli/completion/completion-model.js";
import { fishScript } from "../../src/cli/completion/fish-script.js";
import { zshScript } from "../../src/cli/completion/zsh-script.js";
import { seglogProgram } from "../../src/cli/program.js";
import { aSegment } from "../support/a-segment.js";
import { Child } from "../support/child.js";
import { MAIN } from "../support/cli.js";
import { daemonForFile } from "../support/file-daemon.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const parts = daemonForFile();
const MODEL = completionModel(seglogProgram());

/** Whether a shell is here; where it is not, its tests are skipped, and this says so. */
function has(shell: string): boolean {
  const isHere = spawnSync(shell, ["-c", "true"]).status === 0;
  if (!isHere) console.warn(`${shell} is not here: its completion is not tested`);
  return isHere;
}

/** A folder with `seglog` in it, as a shell finds it. */
function folderWithSeglog(): string {
  const folder = temporaryFolder();
  const file = join(folder, "seglog");
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
  chmodSync(file, 0o755);
  return folder;
}

/** Runs a script in a shell that finds seglog and the daemon, and gives what it prints. */
async function runIn(shell: string, args: readonly string[], script: string): Promise<string[]> {
  const { env } = parts();
  const child = new Child(shell, [...args, "-c", script], { env: { ...env, PATH: `${folderWithSeglog()}:${env["PATH"]}` } });
  const lines: string[] = [];
  for (let line = await child.line(); line !== undefined; line = await child.line()) lines.push(line);
  expect({ ended: await child.ended(), stderr: child.stderr }).toEqual({ ended: 0, stderr: "" });
  return lines;
}

test("every command, option and choice is in the model, and nothing that is hidden", () => {
  const byPath = new Map(MODEL.map((each) => [each.path, each]));

  expect(byPath.get("")?.subcommands.map(({ name }) => name)).toEqual(expect.arrayContaining(["tree", "token", "help"]));
  expect(byPath.has("__complete")).toBe(false);
  expect(byPath.get("token create")?.options).toContainEqual({
    flags: ["--role"],
    summary: expect.any(String),
    value: ["read", "append", "admin"],
  });
  expect(byPath.get("show")?.arguments).toEqual(["segment"]);
  expect(byPath.get("diff")?.arguments).toEqual(["segment", "segment"]);
  expect(byPath.get("tail")?.options).toContainEqual({ flags: ["--session"], summary: expect.any(String), value: "session" });
  expect(byPath.get("backup")?.arguments).toEqual(["file"]);
  expect(byPath.get("ls")?.options).toContainEqual({ flags: ["-h", "--help"], summary: expect.any(String), value: undefined });
});

test("bash completes commands, options, choices and ids", async () => {
  const { client, socket } = parts();
  const { segmentId, sessionId } = await aSegment(client);
  const lines = [
    ["tr"],
    ["token", "c"],
    ["token", "create", "--name", "ls", "--role", ""],
    ["tree", "--as"],
    ["tree", "--color", "a"],
    ["completion", ""],
    ["show", segmentId.slice(0, 20).toLowerCase()],
    ["diff", segmentId, segmentId.slice(0, 25)],
    ["ls", "--socket", socket, sessionId.slice(0, 25)],
    ["tail", "--session", ""],
    ["create", ""],
    ["tail", "--from", ""],
    ["tail", "--kinds", "turn"],
    ["help", "tr"],
  ];
  const asked = lines.map((words) => {
    const all = ["seglog", ...words].map((word) => `'${word}'`).join(" ");
    return `COMP_WORDS=(${all}); COMP_CWORD=${words.length}; _seglog; echo "\${COMPREPLY[*]}"`;
  });

  const printed = await runIn("bash", ["--norc"], ["set -u", bashScript(MODEL), "complete -p seglog", ...asked].join("\n"));

  expect(printed).toEqual([
    "complete -F _seglog seglog",
    "tree trace truncate",
    "create",
    "read append admin",
    "--ascii",
    "auto always",
    "bash zsh fish",
    segmentId,
    segmentId,
    sessionId,
    sessionId,
    "",
    "beginning end",
    "turn_end",
    "tree trace truncate",
  ]);
});

test.runIf(has("zsh"))("zsh takes the script", async () => {
  const script = join(temporaryFolder(), "_seglog");
  writeFileSync(script, `${zshScript(MODEL)}\n`);

  const printed = await runIn(
    "zsh",
    ["-f"],
    `zsh -n ${script} && autoload -Uz compinit && compinit -D && source ${script} && print $_comps[seglog]`,
  );

  expect(printed).toEqual(["_seglog"]);
});

test.runIf(has("fish"))("fish completes commands, options, choices and ids", async () => {
  const { client } = parts();
  const { segmentId } = await aSegment(client);
  const asked = ["tr", "token c", "token create --role ", "tree --as", `diff ${segmentId} ${segmentId.slice(0, 25)}`];

  const script = [fishScript(MODEL), ...asked.map((line) => `complete -C 'seglog ${line}'`)].join("\n");
  const printed = await runIn("fish", ["-N"], script);

  expect(printed.map((line) => line.split("\t")[0])).toEqual([
    "trace",
    "tree",
    "truncate",
    "create",
    "admin",
    "append",
    "read",
    "--ascii",
    segmentId,
  ]);
});
