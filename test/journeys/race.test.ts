import { expect, test } from "vitest";
import { MAIN } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { startTestProcess } from "./daemon/test-process.js";
import { runKills } from "./load/run-kills.js";
import { runRace } from "./load/run-race.js";

/** Commits of one segment come one after another, so that a busy machine or a slow disk is felt. */
const TIMEOUT_MS = 180_000;

// At full size these are programs: npm run race, npm run kill.

test("of clients that race on one segment, every acknowledged entry is stored once, and every conflict became a branch or a retry", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { socket } = await startTestProcess(MAIN);

  const { counts, statesCompared } = await runRace({ socket, clients: 8, appends: 30 });

  expect(counts).toMatchObject({ appends: 240, acknowledged: 240, unknownOutcomes: 0, replays: 0 });
  expect(counts.retries).toBeGreaterThan(40);
  expect(counts.branches).toBeGreaterThan(20);
  expect(statesCompared).toBeGreaterThan(5);
});

test("kill -9 during the race takes nothing that was acknowledged, and retries add nothing twice", { timeout: TIMEOUT_MS }, async () => {
  const params = { main: MAIN, folder: temporaryFolder(), clients: 6, appends: 40, kills: 2, seed: 20_261_122 };

  const { counts, killCount, resumeCount } = await runKills(params);

  expect(counts).toMatchObject({ appends: 240, acknowledged: 240 });
  expect(killCount).toBe(2);
  expect(counts.unknownOutcomes).toBeGreaterThanOrEqual(2);
  expect(resumeCount).toBeGreaterThanOrEqual(2);
});
