import { once } from "node:events";
import { expect, test } from "vitest";
import { Child } from "../support/child.js";
import { type CommandLine, daemonForCli, environment, MAIN } from "../support/cli.js";

const turn = (count: number | string) => `{"turnEnd":{"turnCount":${count}}}\n`;

test("entries go in with as many appends as they need, and it says where they went", async () => {
  const { print } = await daemonForCli();
  const segmentId = await print(["create"]);
  const input = Array.from({ length: 2500 }, (_, i) => turn(i)).join("");

  const text = await print(["append", segmentId, "--expect", "1"], { input });
  const json = (await print(["append", segmentId, "--json"], { input })).split("\n").map((line) => JSON.parse(line));

  expect(text).toBe(`appended to ${segmentId}: 2500 entries, indexes 1 to 2500`);
  expect(json.map(({ firstIndex }) => firstIndex)).toEqual(["2501", "3501", "4501"]);
  expect(json.at(-1)).toMatchObject({ segmentId, entryCount: "5001", forked: false });
});

test("a segment that is not as expected is a conflict, and nothing is written", async () => {
  const { print, seglog } = await daemonForCli();
  const segmentId = await print(["create"]);

  const refused = await seglog(["append", segmentId, "--expect", "2"], { input: turn(1) });

  expect(refused).toMatchObject({ exitCode: 4, stdout: "", stderr: expect.stringContaining("has 1 entries") });
  expect((await print(["show", segmentId, "--json"])).split("\n")).toHaveLength(1);
});

test("with --on-conflict fork all batches go to the one fork", async () => {
  const { print } = await daemonForCli();
  const segmentId = await print(["create"]);
  await print(["append", segmentId], { input: turn(1) });

  const input = Array.from({ length: 1500 }, (_, i) => turn(i)).join("");
  const printed = await print(["append", segmentId, "--expect", "1", "--on-conflict", "fork"], { input });

  const [, fork = ""] = /^conflict: appended to the fork ([0-9A-Z]{26}): 1500 entries, indexes 1 to 1500$/.exec(printed) ?? [];
  expect((await print(["show", fork, "--json"])).split("\n")).toHaveLength(1501);
  expect((await print(["show", segmentId, "--json"])).split("\n")).toHaveLength(2);
});

test("integers beyond 2^53 are exact, as numbers and as texts", async () => {
  const { print } = await daemonForCli();
  const segmentId = await print(["create"]);

  await print(["append", segmentId], { input: turn("9007199254740993") + turn('"18446744073709551615"') });

  const shown = (await print(["show", segmentId, "--json"])).split("\n").map((line) => JSON.parse(line).turnEnd?.turnCount);
  expect(shown).toEqual([undefined, "9007199254740993", "18446744073709551615"]);
});

test.each([
  ["no JSON", "{secret", "line 2 of standard input is not JSON"],
  ["an unknown key", '{"turnEnd":{"secretCount":1}}', 'key "secretCount" is unknown'],
  [
    "a wrong value",
    '{"turnEnd":{"turnCount":"a secret"}}',
    "cannot decode field seglog.v1.TurnEnd.turn_count from JSON: expected bigint (uint64)",
  ],
  ["no kind", "{}", "line 2 of standard input has no kind"],
  ["half a surrogate pair", '{"userInput":{"pieces":[{"text":"\\ud800"}]}}', "lone surrogate"],
])("a line with %s is refused, says where, and quotes no value; what stands before it is stored", async (_, line, problem) => {
  const { print, seglog } = await daemonForCli();
  const segmentId = await print(["create"]);

  const refused = await seglog(["append", segmentId], { input: `${turn(1)}${line}\n` });

  expect(refused).toMatchObject({
    exitCode: 2,
    stdout: `appended to ${segmentId}: 1 entry, index 1\n`,
    stderr: expect.stringContaining(problem),
  });
  expect(refused.stderr).toContain("line 2 of standard input");
  expect(refused.stderr).not.toMatch(/a secret|\{secret/);
  expect((await print(["show", segmentId, "--json"])).split("\n")).toHaveLength(2);
});

test("what the daemon refuses is wrong usage too", async () => {
  const { print, seglog } = await daemonForCli();
  const segmentId = await print(["create"]);

  const refused = await seglog(["append", segmentId], { input: '{"foreign":{"format":"x"}}\n' });

  expect(refused).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringContaining("entries[0].foreign") });
});

test("a slow writer's entries do not wait for its end", async () => {
  const daemon = await daemonForCli();
  const segmentId = await daemon.print(["create"]);
  const append = writing(daemon, [segmentId, "--json"]);

  append.process.stdin?.write(turn(1));
  const first = JSON.parse((await append.line()) ?? "");
  append.process.stdin?.end(turn(2));
  const second = JSON.parse((await append.line()) ?? "");

  expect([first, second]).toMatchObject([{ firstIndex: "1" }, { firstIndex: "2", entryCount: "3" }]);
  expect(await append.ended()).toBe(0);
});

test("a conflict ends it at once, though more may come", async () => {
  const daemon = await daemonForCli();
  const segmentId = await daemon.print(["create"]);
  const append = writing(daemon, [segmentId, "--expect", "7"]);

  append.process.stdin?.write(turn(1));

  expect(await append.ended()).toBe(4);
});

test("another writer between two batches is a conflict", async () => {
  const daemon = await daemonForCli();
  const segmentId = await daemon.print(["create"]);
  const append = writing(daemon, [segmentId, "--json"]);
  append.process.stdin?.write(turn(1));
  await append.line();

  await daemon.print(["append", segmentId], { input: turn(8) });
  append.process.stdin?.end(turn(2));

  expect(await append.ended()).toBe(4);
});

test("an interrupt ends it with 130, and every other command that reads standard input", async () => {
  const daemon = await daemonForCli();
  const segmentId = await daemon.print(["create"]);
  const append = writing(daemon, [segmentId, "--json"]);
  append.process.stdin?.write(turn(1));
  await append.line();
  const compact = writing(daemon, [segmentId, "--summary", "-"], "compact");
  compact.process.stdin?.write("x".repeat(1 << 20)); // more than a pipe holds: once it is written, it is being read
  await once(compact.process.stdin ?? compact.process, "drain");

  append.process.kill("SIGINT");
  compact.process.kill("SIGINT");

  expect(await append.ended()).toBe(130);
  expect(await compact.ended()).toBe(130);
});

test("where nothing comes, it says so", async () => {
  const { print } = await daemonForCli();
  const segmentId = await print(["create"]);

  expect(await print(["append", segmentId], { input: "\n" })).toBe(`appended to ${segmentId}: 0 entries`);
});

function writing({ folder, socket }: CommandLine, args: readonly string[], command = "append"): Child {
  return new Child(process.execPath, [MAIN, command, ...args, "--socket", socket], {
    env: environment(folder),
    stdio: ["pipe", "pipe", "pipe"],
  });
}
