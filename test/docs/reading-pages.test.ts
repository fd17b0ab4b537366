import { expect, test } from "vitest";
import { docBlocks } from "../support/doc-blocks.js";
import { docCommands } from "../support/doc-commands.js";
import { maskedText } from "../support/masked-text.js";

const PAGE = [
  "# A page", // line 1
  "```sh",
  "one \\",
  "  more",
  "two  # ends with 4",
  "```",
  "<!-- not run: it takes a day -->",
  "```console",
  "$ three <<'END'",
  "> in",
  "> END",
  "out",
  "",
  "last",
  "```",
].join("\n");

test("blocks are found by language, with their lines and why they are not run", () => {
  const blocks = docBlocks(`${PAGE}\n`, "sh", "console");

  expect(blocks.map(({ language, line, notRun }) => [language, line, notRun])).toEqual([
    ["sh", 3, undefined],
    ["console", 9, "it takes a day"],
  ]);
  expect(docBlocks(`${PAGE}\n`, "ts")).toEqual([]);
});

test("commands are taken apart from what they print", () => {
  const commands = docBlocks(`${PAGE}\n`, "sh", "console").flatMap(docCommands);

  expect(commands).toEqual([
    { command: "one \\\n  more", prints: undefined, endsWith: 0, line: 3 },
    { command: "two  # ends with 4", prints: undefined, endsWith: 4, line: 5 },
    { command: "three <<'END'\nin\nEND", prints: ["out", "", "last"], endsWith: 0, line: 9 },
  ]);
});

test("what no command prints is no console block", () => {
  expect(() => docBlocks("```console\nout\n$ one\n```\n", "console").flatMap(docCommands)).toThrow("line 2 is printed by no command");
});

test("what is another one in every run is masked, and nothing else", () => {
  const line = '01M8D0M8GG5869KJD2E4MM1RHG   12  237 B  2026-11-26T22:46:42.305Z  at turn 1 {"position":"8","entryCount":"3"}';

  expect(maskedText(line)).toBe('(id)  12  (size)  (time)  at turn 1 {"position":"(number)","entryCount":"3"}');
});
