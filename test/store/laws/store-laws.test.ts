import fc from "fast-check";
import { expect, test } from "vitest";
import { makeLmdbStore } from "../lmdb/lmdb-stores.js";
import { commands } from "./commands.js";
import { type LawCounts, LawRun } from "./law-run.js";
import { StoreModel } from "./model.js";

const RUNS = Number(process.env["SEGLOG_LAW_RUNS"] ?? 30);
const SEED = Number(process.env["SEGLOG_SEED"] ?? Date.now() % 2 ** 31);
const FORK_DEPTH_MAX = 2;

/** Nothing comes near it, and all is counted. */
const COUNTED = { defaults: { bytesMax: 2 ** 40 }, byName: new Map() };

/** One write after the other with removals in small steps, or many at once: what waits for a removal may change its place. */
const howAsked = fc.constantFrom(
  ...[1, 2, 5].map((purgeStepKeys) => ({ purgeStepKeys, together: 1 })),
  ...[1, 3, 20].map((together) => ({ purgeStepKeys: 1000, together })),
);

test("a store answers and keeps what a store in plain memory does, whatever is asked of it, over restarts", {
  timeout: 30 * 60_000,
}, async () => {
  const counts: LawCounts = { commands: 0, restarts: 0, conflicts: 0, forks: 0, replays: 0, refusals: {} };
  let sequences = 0;

  const law = fc.asyncProperty(commands, howAsked, async (sequence, { purgeStepKeys, together }) => {
    sequences++;
    const model = new StoreModel(FORK_DEPTH_MAX);
    const stores = await makeLmdbStore({
      quotas: COUNTED,
      purgeStepKeys,
      limits: { forkDepthMax: FORK_DEPTH_MAX },
      nowMs: () => model.nowMs,
    });
    try {
      await new LawRun(stores, model, counts).run(sequence, together);
    } finally {
      await stores.close();
    }
  });
  await fc.assert(law, { numRuns: RUNS, seed: SEED });

  const { refusals, ...others } = counts;
  console.log(`store laws, SEGLOG_SEED=${SEED}:`, JSON.stringify({ sequences, ...others, refusals }));
  expect(sequences).toBeGreaterThanOrEqual(RUNS);
  if (RUNS >= 1000) {
    for (const reason of ["HEAD_MISMATCH", "HAS_DEPENDENTS", "SEGMENT_EXISTS", "REQUEST_ID_REUSED", "FORK_TOO_DEEP", "BASE_NOT_FOUND"]) {
      expect(refusals[reason], `no sequence came to ${reason}`).toBeGreaterThan(0);
    }
    expect(counts.replays).toBeGreaterThan(0);
  }
});
