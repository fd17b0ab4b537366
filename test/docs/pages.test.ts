import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { loadConfig } from "../../src/daemon/config/load-config.js";
import { Child } from "../support/child.js";
import { environment, MAIN, serveForCli } from "../support/cli.js";
import { docBlocks, docPages } from "../support/doc-blocks.js";
import { docCommands } from "../support/doc-commands.js";
import { compiledPrograms } from "../support/doc-programs.js";
import { DocShell } from "../support/doc-shell.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** Pages whose commands need more than a daemon, and the tests that run them. */
const OWN_TESTS: Readonly<Record<string, string>> = {
  "docs/access.md": "test/docs/access.test.ts",
  "docs/backup.md": "test/docs/backup.test.ts",
  "docs/damage.md": "test/cli/damage.test.ts",
  "docs/mirror.md": "test/docs/mirror.test.ts",
  "docs/command-line.md": "test/docs/generated-pages.test.ts",
};

const PAGES = docPages().map((path) => ({ path, text: readFileSync(path, "utf8") }));
const RUN_HERE = PAGES.filter(({ path }) => OWN_TESTS[path] === undefined);

test("the commands and programs of the pages do what the pages say", async () => {
  const programs = await compiledPrograms(
    PAGES.map(({ path }) => path),
    "pages",
  );
  const { folder } = await serveForCli();
  const bin = folderOfCommands();
  const differences: string[] = [];

  for (const { path, text } of RUN_HERE) {
    const commands = docBlocks(text, "sh", "console").filter(({ notRun }) => notRun === undefined);
    const modules = programs.get(path) ?? [];
    if (commands.length === 0 && modules.length === 0) continue;
    const shell = shellBeside(folder, { name: basename(path, ".md"), bin });
    for (const told of commands.flatMap(docCommands).filter(({ command }) => !startsTheProject(command))) {
      const difference = await shell.differs({ ...told, command: told.command.replace(/\bseglog demo$/, "$& --fast") });
      if (difference !== undefined) differences.push(`${path}:${told.line}: ${told.command}\n${difference}`);
    }
    for (const module of modules) {
      const { exitCode, lines } = await shell.run(`node ${module}`);
      if (exitCode !== 0) differences.push(`${path}: its program ended with ${exitCode}: ${lines.join("\n")}`);
    }
  }

  expect(differences.join("\n\n")).toBe("");
});

test("a page with a test of its own is named there, and few blocks are not run at all", () => {
  const unnamed = Object.entries(OWN_TESTS).filter(([page, file]) => !readFileSync(file, "utf8").includes(basename(page)));
  const notRun = PAGES.flatMap(({ text }) => docBlocks(text, "sh", "console", "ts")).filter((block) => block.notRun !== undefined);

  expect(unnamed).toEqual([]);
  expect(notRun.length).toBeLessThanOrEqual(3);
});

test("each configuration that a page shows loads", () => {
  const shown = PAGES.flatMap(({ path, text }) => docBlocks(text, "toml").map((block) => ({ path, ...block })));

  for (const { text } of shown) loadConfig({ flags: {}, env: { SEGLOG_CONFIG: "/etc/seglog.toml" }, cwd: "/", readFile: () => text });
  expect(shown.length).toBeGreaterThan(3);
});

/** A shell in a folder of the page's own, where `.seglog` is the data folder of the daemon, as behind `npm start`. */
function shellBeside(daemonFolder: string, { name, bin }: { readonly name: string; readonly bin: string }): DocShell {
  const cwd = join(daemonFolder, name);
  mkdirSync(cwd);
  symlinkSync(daemonFolder, join(cwd, ".seglog"));
  const env = {
    ...environment(cwd),
    SEGLOG_SOCKET: ".seglog/run/seglog.sock",
    PATH: [bin, resolve("node_modules/.bin"), dirname(process.execPath), process.env["PATH"] ?? ""].join(":"),
  };
  return new DocShell(new Child("/bin/sh", [], { cwd, env, stdio: ["pipe", "pipe", "pipe"] }));
}

/** A folder with `seglog`, and an `npx` that takes what is there instead of looking for it in the network. */
function folderOfCommands(): string {
  const bin = temporaryFolder();
  symlinkSync(MAIN, join(bin, "seglog"));
  writeFileSync(join(bin, "npx"), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
  return bin;
}

/** What builds, tests and starts the project itself is what has brought this test here. */
function startsTheProject(command: string): boolean {
  return command.startsWith("npm ");
}
