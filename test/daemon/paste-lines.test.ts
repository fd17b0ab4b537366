import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pasteLines } from "../../src/daemon/paste-lines.js";
import { Child } from "../support/child.js";
import { temporaryFolder } from "../support/temporary-folder.js";

test("says where the daemon listens, and gives three lines", () => {
  const lines = pasteLines({ socketPath: "/run/seglog.sock", command: "npx seglog" }).split("\n");

  expect(lines[0]).toBe("seglog listens on /run/seglog.sock");
  expect(lines.slice(4)).toEqual([
    "export SEGLOG_SOCKET=/run/seglog.sock; npx seglog tail --store",
    "export SEGLOG_SOCKET=/run/seglog.sock; npx seglog demo",
    "export SEGLOG_SOCKET=/run/seglog.sock; npx seglog tree",
    "",
  ]);
});

test.each(["plain", 'it\'s $HOME; `echo` "x" y'])("a shell runs the lines as they are, in a folder called %s", async (name) => {
  const folder = join(temporaryFolder(), name);
  mkdirSync(folder);
  const seglog = join(temporaryFolder(), "seglog"); // answers with how it was called
  writeFileSync(seglog, '#!/bin/sh\necho "$SEGLOG_SOCKET|$*"\n', { mode: 0o755 });
  const socketPath = join(folder, "seglog.sock");

  const shell = new Child("/bin/sh", ["-ec", pasteLines({ socketPath, command: seglog }).split("\n").slice(4).join("\n")]);

  expect([await shell.line(), await shell.line(), await shell.line()]).toEqual([
    `${socketPath}|tail --store`,
    `${socketPath}|demo`,
    `${socketPath}|tree`,
  ]);
});
