import { expect, test } from "vitest";
import { adviceOn } from "../../src/cli/advice.js";
import { seglogProgram } from "../../src/cli/program.js";
import { STATUS_CODE_OF_REASON } from "../../src/contract/status-code.js";
import { SETTINGS } from "../../src/daemon/config/settings.js";

const REASONS = Object.keys(STATUS_CODE_OF_REASON);
const ALL = REASONS.flatMap((reason) => adviceOn({ reason, metadata: {} }));

test.each(REASONS)("%s says what to do next, in a line or two", (reason) => {
  const advice = adviceOn({ reason, metadata: {} });

  expect(advice.length).toBeGreaterThan(0);
  expect(advice.length).toBeLessThan(3);
  expect(advice.join("")).not.toMatch(/undefined|\.$/);
});

test("a conflict names the segment and the count to expect", () => {
  const metadata = { segment_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV", entry_count: "7" };

  expect(adviceOn({ reason: "HEAD_MISMATCH", metadata })).toEqual([
    "see what came in between: seglog show 01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "then run the command again with --expect 7",
  ]);
});

test("an id that is none is answered with where ids are, any other field with where the rules are", () => {
  const ofField = (field: string) => adviceOn({ reason: "INVALID_FIELD", metadata: { field } }).join();

  expect(ofField("token_id")).toContain("seglog token list");
  expect(ofField("segment_id")).toContain("seglog ls");
  expect(ofField("entries[3].extension.payload_json")).toContain("--help");
});

test("a daemon that cannot be reached is looked for where flags and environment say", () => {
  expect(adviceOn({ reason: undefined, code: 14, metadata: {} }).join()).toContain("$SEGLOG_SOCKET");
});

test("a reason of a newer daemon and an unknown code have none", () => {
  expect(adviceOn({ reason: "NEWER", code: 10, metadata: {} })).toEqual([]);
  expect(adviceOn({ reason: undefined, code: 2, metadata: {} })).toEqual([]);
});

test("every command and every flag that is advised is there", () => {
  const program = seglogProgram();
  const commands = program.commands.map((command) => command.name());
  const options = program.commands.flatMap((command) => [command, ...command.commands]).flatMap((command) => command.options);
  const flags = [...options.map(({ long }) => long), ...Object.values(SETTINGS).map((setting) => `--${kebab(setting.name)}`), "--help"];

  expect(
    ALL.flatMap((line) => [...line.matchAll(/seglog ([a-z-]+)/g)].map(([, name]) => name)).filter((name) => !commands.includes(name ?? "")),
  ).toEqual([]);
  expect(ALL.flatMap((line) => line.match(/--[a-z-]+/g) ?? []).filter((flag) => !flags.includes(flag))).toEqual([]);
});

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
