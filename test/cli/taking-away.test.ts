import { expect, test } from "vitest";
import { aSegment, segmentOf } from "../support/a-segment.js";
import { daemonForFile } from "../support/file-daemon.js";
import { hasTerminals, onTerminal } from "../support/pty.js";

const parts = daemonForFile();
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

/** A segment of five entries, of which a fork is based on the first three. */
async function aForked() {
  const { client } = parts();
  const { segmentId, sessionId } = await aSegment(client, { entries: 5 });
  const { segment } = await client.forkSegment({ segmentId, at: { case: "entryCount", value: 3n } });
  return { segmentId, sessionId, fork: segment?.segmentId ?? "" };
}

test("without a terminal nothing is taken away that nobody said yes to", async () => {
  const { client, seglog } = parts();
  const { segmentId, sessionId, fork } = await aForked();

  const refused = [
    await seglog(["truncate", segmentId, "--entries", "4"]),
    await seglog(["rm", fork], { input: "y\n" }),
    await seglog(["rm", "--session", sessionId]),
  ];

  for (const result of refused) expect(result).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringContaining("--yes") });
  expect(await segmentOf(client, segmentId)).toMatchObject({ entryCount: 5n });
  expect(await segmentOf(client, fork)).toMatchObject({ entryCount: 1n });
});

test("truncate cuts back with --yes, as far as it is expected and nothing is based on what goes", async () => {
  const { client, lines, seglog } = parts();
  const { segmentId, fork } = await aForked();

  const behind = await seglog(["truncate", segmentId, "--entries", "4", "--expect", "9", "--yes"]);
  const cut = await lines(["truncate", segmentId.slice(0, 25), "--entries", "4", "--expect", "5", "--yes"]);
  const json = JSON.parse((await lines(["truncate", segmentId, "--entries", "3", "--yes", "--json"]))[0] ?? "");
  const needed = await seglog(["truncate", segmentId, "--entries", "2", "--yes"]);
  const past = await seglog(["truncate", segmentId, "--entries", "4", "--yes"]);

  expect(behind).toMatchObject({ exitCode: 4, stdout: "" });
  expect(cut).toEqual([`${segmentId}: took away 1 entry, kept 4`]);
  expect(json).toMatchObject({ removedCount: "1", segment: { segmentId, entryCount: "3" } });
  expect(needed).toMatchObject({ exitCode: 4, stdout: "", stderr: expect.stringContaining(`${fork} is based on its first 3 entries`) });
  expect(past).toMatchObject({ exitCode: 3, stdout: "" });
  expect(await segmentOf(client, segmentId)).toMatchObject({ entryCount: 3n });
});

test("rm deletes a segment that no fork is based on, says which are where some are, and deletes whole sessions", async () => {
  const { lines, seglog } = parts();
  const { segmentId, sessionId, fork } = await aForked();

  const needed = await seglog(["rm", segmentId, "--yes"]);
  const segment = await lines(["rm", fork, "--yes"]);
  const session = JSON.parse((await lines(["rm", "--session", sessionId.slice(0, 25), "--yes", "--json"]))[0] ?? "");
  const gone = await seglog(["rm", "--session", sessionId, "--yes"]);
  const both = await seglog(["rm", segmentId, "--session", sessionId, "--yes"]);

  expect(needed).toMatchObject({ exitCode: 4, stdout: "", stderr: expect.stringContaining(`${fork} is based on its first 3 entries`) });
  expect(segment).toEqual([`deleted segment ${fork}: 1 entry`]);
  expect(session).toEqual({ sessionId, segmentCount: "1", replayed: false });
  expect(gone).toMatchObject({ exitCode: 3, stdout: "" });
  expect(both).toMatchObject({ exitCode: 2, stdout: "" });
});

test.runIf(hasTerminals)("on a terminal they ask what they are about to take away, and do it where the answer is yes", async () => {
  const { client, env } = parts();
  const { segmentId, sessionId, fork } = await aForked();

  const no = await onTerminal(["truncate", segmentId, "--entries", "3"], { env, answer: "n\n" });
  const silence = await onTerminal(["rm", "--session", sessionId], { env, answer: CTRL_D });
  const interrupted = await onTerminal(["rm", fork], { env, answer: CTRL_C });
  const kept = await segmentOf(client, segmentId);
  const yes = await onTerminal(["truncate", segmentId, "--entries", "3"], { env, answer: "y\n" });
  const held = await onTerminal(["rm", segmentId], { env, answer: "y\n" });
  const session = await onTerminal(["rm", "--session", sessionId], { env, answer: "yes\n" });

  expect(no).toMatchObject({ exitCode: 1, stdout: expect.stringContaining(`take away 2 entries of 5 of segment ${segmentId}? [y/N]`) });
  expect(no.stdout).toContain("nothing was taken away");
  expect(silence).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("nothing was taken away") });
  expect(interrupted).toMatchObject({ exitCode: 130, stdout: expect.stringContaining("delete segment") });
  expect(kept.entryCount).toBe(5n);
  expect(yes).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("took away 2 entries, kept 3") });
  expect(held).toMatchObject({ exitCode: 4, stdout: expect.not.stringContaining("[y/N]") });
  expect(session).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("2 segments, 4 entries in all? [y/N]") });
  await expect(client.getSession({ sessionId })).rejects.toMatchObject({ reason: "SESSION_NOT_FOUND" });
});
