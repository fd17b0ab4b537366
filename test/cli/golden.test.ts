import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { OnMissingTurn } from "../../gen/seglog/v1/segment_service_pb.js";
import { createSegmentClient } from "../../src/client/segment-client.js";
import { type CommandLine, daemonForCli } from "../support/cli.js";
import { exactJson } from "../support/exact-json.js";
import { goldenForks, goldenLogs, goldenTrace } from "../support/golden.js";
import { inTurns } from "../support/in-turns.js";
import { filesBelow } from "../support/jsonl-layout.js";
import { ONE_TRY } from "../support/one-try.js";

/** Each of them starts a process or more for every log. */
const LONG_MS = 300_000;

test("the golden stores import, and restore and export to the known answers", { timeout: LONG_MS }, async () => {
  const daemon = await daemonForCli();
  const imported = await importGolden(daemon);
  const again = await importGolden(daemon);

  const logs = goldenLogs().map(({ name, ...log }) => ({ ...log, segment: segmentOf(name) }));
  // A process for each; what every log replays to, test/session-store holds.
  const everyThird = logs.filter((_, i) => i % 3 === 0);
  const restored = await inTurns(everyThird, ({ segment }) => daemon.print(["restore", segment, "--format", "session-store"]));
  const out = join(daemon.folder, "out");
  const exported = await daemon.seglog(["export", "--out", out, "--json"]);

  expect(imported.map(({ exitCode }) => exitCode)).toEqual([6, 0]);
  expect(imported[0]?.stderr.split("\n")[0]).toMatch(
    /00b\.jsonl:3: segments\[1\] is a piece of an unknown kind: kept as unknown, without its data$/,
  );
  expect(imported.map(({ stdout }) => countIn(stdout, "entries added"))).toEqual([51, 386]);
  expect(again.map(({ stdout }) => [countIn(stdout, "entries added"), countIn(stdout, "trace records added")])).toEqual([
    [0, 0],
    [0, 0],
  ]);
  expect(restored.map(exactJson)).toEqual(everyThird.map(({ state }) => state));
  expect(exported.exitCode).toBe(0);
  const files = filesBelow(out);
  for (const { segment, reserialised } of logs) expect(linesOf(files, `${segment}.jsonl`)).toEqual(reserialised.map(exactJson));
  const trace = goldenTrace();
  expect(linesOf(files, ".trace.jsonl")).toEqual(Buffer.from(trace).toString().trim().split("\n").map(exactJson));
  expect(Object.keys(files)).toHaveLength(logs.length + 1);
});

test("a fork of each golden log at each turn opens as the seed's does", { timeout: LONG_MS }, async () => {
  const daemon = await daemonForCli();
  await importGolden(daemon);
  // All of them, without a daemon, in test/session-store.
  const forks = goldenForks().filter((_, i) => i % 3 === 0);

  const client = createSegmentClient({ socket: daemon.socket }, ONE_TRY);
  onTestFinished(() => client.close());
  const ids = await inTurns(forks, async ({ source, turn }) => {
    const { segment } = await client.forkSegment({
      segmentId: source,
      at: { case: "turn", value: turn },
      onMissingTurn: OnMissingTurn.HEAD,
    });
    return segment?.segmentId ?? "";
  });
  const everyFourth = ids.flatMap((id, i) => (i % 4 === 0 ? [{ id, i }] : []));
  const shown = await inTurns(everyFourth, ({ id }) => daemon.print(["show", `${id}@0`, "--format", "session-store"]));
  const out = join(daemon.folder, "out");
  const lines = (await daemon.print(["export", "--out", out, "--json"])).split("\n").map((line) => JSON.parse(line));

  const fileOf = new Map(lines.map(({ segmentId, file }) => [segmentId, file]));
  const exported = ids.map((id) => readFileSync(fileOf.get(id), "utf8").trimEnd());
  expect(exported.map(withoutTime)).toEqual(forks.map(({ start }) => withoutTs(start)));
  expect(shown).toEqual(everyFourth.map(({ i }) => exported[i]));
});

function importGolden({ seglog }: CommandLine) {
  const folders = ["composed", "random"].map((name) => fileURLToPath(new URL(`../golden/${name}/store`, import.meta.url)));
  return inTurns(folders, (folder) => seglog(["import", folder]), 1);
}

function segmentOf(name: string): string {
  return name.split(" ")[1] ?? "";
}

function countIn(table: string, what: string): number {
  return Number(new RegExp(`^${what} +(\\d+)$`, "m").exec(table)?.[1]);
}

function linesOf(files: Readonly<Record<string, string>>, suffix: string): unknown[] {
  const [, text = ""] = Object.entries(files).find(([path]) => path.endsWith(suffix)) ?? [];
  return text.trimEnd().split("\n").map(exactJson);
}

function withoutTime(line: string): unknown {
  return withoutTs(exactJson(line) as Record<string, unknown>); // an object, or the test fails
}

function withoutTs({ ts: _ts, ...start }: Readonly<Record<string, unknown>>): unknown {
  return start;
}
