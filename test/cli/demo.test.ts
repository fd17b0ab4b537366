import { expect, test } from "vitest";
import { daemonForCli } from "../support/cli.js";

test("the demo writes a session in which all happens that a session log is for, and tells of it", async () => {
  const { print, seglog } = await daemonForCli();

  const told = (await print(["demo", "--fast", "--json"])).split("\n").map((line) => JSON.parse(line));

  const [{ sessionId, segmentId: root }] = told;
  const segments = (await print(["ls", sessionId, "--json"])).split("\n").map((line) => JSON.parse(line));
  expect(told).toHaveLength(8);
  expect(segments.reverse()).toMatchObject([
    { segmentId: root, turnCount: "3", lastRunInterrupted: false },
    { forkedFrom: { segmentId: root, atTurn: "2" }, base: { segmentId: root, entryCount: "27" } },
    { forkedFrom: { segmentId: root, atTurn: "1" }, base: { segmentId: root, entryCount: "11" } },
    { compactedFrom: { segmentId: root, atTurn: "3" } },
  ]);
  const [start, ...log] = (await print(["show", root, "--json"])).split("\n").map((line) => JSON.parse(line));
  expect(start.segmentStart).toMatchObject({ config: { maxTokens: 4096 } });
  expect(log.some(({ runCompleted }) => runCompleted?.interrupted === true)).toBe(true);
  expect(await seglog(["demo", "--fast", "--address", "127.0.0.1:1"])).toMatchObject({ exitCode: 5, stdout: "" });
});
