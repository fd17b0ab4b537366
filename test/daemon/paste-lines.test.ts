import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromJsonString } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { pasteLines } from "../../src/daemon/paste-lines.js";
import { Child } from "../support/child.js";
import { temporaryFolder } from "../support/temporary-folder.js";

test("says where the daemon listens, and gives three lines", () => {
  const lines = pasteLines({ socketPath: "/run/seglog.sock", command: "npx seglog" }).split("\n");

  expect(lines[0]).toBe("seglog listens on /run/seglog.sock");
  expect(lines.slice(4)).toEqual([
    "export SEGLOG_SOCKET=/run/seglog.sock; SEGMENT=$(npx seglog create)",
    `echo '{"userInput":{"pieces":[{"text":"hello"}]}}' | npx seglog append "$SEGMENT"`,
    `npx seglog tail "$SEGMENT"`,
    "",
  ]);
});

test.each(["plain", 'it\'s $HOME; `echo` "x" y'])("a shell runs the lines as they are, in a folder called %s", async (name) => {
  const folder = join(temporaryFolder(), name);
  mkdirSync(folder);
  const seglog = join(temporaryFolder(), "seglog"); // answers with how it was called
  writeFileSync(seglog, '#!/bin/sh\necho "$SEGLOG_SOCKET|$*"\n[ "$1" != append ] || cat\n', { mode: 0o755 });
  const socketPath = join(folder, "seglog.sock");

  const shell = new Child("/bin/sh", ["-ec", pasteLines({ socketPath, command: seglog }).split("\n").slice(4).join("\n")]);
  const [append, entry = "", tail] = [await shell.line(), await shell.line(), await shell.line()];

  expect(append).toBe(`${socketPath}|append ${socketPath}|create`);
  expect(tail).toBe(`${socketPath}|tail ${socketPath}|create`);
  expect(fromJsonString(EntrySchema, entry).kind.case).toBe("userInput");
});
