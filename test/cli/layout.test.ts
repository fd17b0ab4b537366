import { expect, test } from "vitest";
import { isSessionName, layoutFile } from "../../src/cli/layout.js";

const ID = "01960000-1000-7000-8000-00000000000a";

test.each([
  [`${ID}.jsonl`, { id: ID, kind: "log" }],
  [`${ID}.trace.jsonl`, { id: ID, kind: "trace" }],
  ["notes.jsonl", undefined],
  [`${ID}.json`, undefined],
  [`${ID}.jsonl.tmp`, undefined],
  [`.${ID}.jsonl`, undefined],
  [`${ID.toUpperCase()}.jsonl`, undefined],
  [`${ID.replaceAll("-", "")}.jsonl`, undefined],
])("%s stands for %j", (name, file) => {
  expect(layoutFile(name)).toEqual(file);
});

test.each([
  [ID, true],
  [ID.toUpperCase(), false],
  [ID.replaceAll("-", ""), false],
  ["pods", false],
])("%s is a session's folder: %j", (name, isSession) => {
  expect(isSessionName(name)).toBe(isSession);
});
