import assert from "node:assert/strict";
import { socketOf } from "../daemon/daemon-process.js";
import { RestartingDaemon } from "../daemon/restarting-daemon.js";
import { KillPlan } from "./kill-plan.js";
import { seededRandom } from "./random.js";
import { type RaceResult, runRace } from "./run-race.js";

/** How a race under kill -9 is run. */
export interface KillsParams {
  readonly main: string;
  readonly folder: string;
  readonly clients: number;
  readonly appends: number;
  /** How often the daemon is killed during the race. */
  readonly kills: number;
  /** Decides when. */
  readonly seed: number;
}

/** What it came to, once it has been found right. */
export interface KillsResult extends RaceResult {
  readonly killCount: number;
  /** Further kills, each while the daemon came up. */
  readonly startKillCount: number;
}

/**
 * Runs a race with request ids while its daemon is killed with SIGKILL and started again on the same store.
 *
 * @throws AssertionError where something acknowledged is missing, is there twice, or nobody was told of it
 */
export async function runKills({ main, folder, clients, appends, kills, seed }: KillsParams): Promise<KillsResult> {
  const random = seededRandom(seed);
  const daemon = await RestartingDaemon.start({ main, folder }, random);
  try {
    const plan = new KillPlan(daemon, random, { kills, units: clients * appends });
    const result = await runRace({
      socket: socketOf({ folder }),
      clients,
      appends,
      requestIdPrefix: `race-${seed}`,
      serving: () => daemon.serving(),
      onAcknowledged: plan.heed,
      settled: plan.settled,
    });
    assert.equal(plan.killCount, kills, "kills");
    return { ...result, killCount: plan.killCount, startKillCount: daemon.startKillCount };
  } finally {
    await daemon.stop();
  }
}
