import fc from "fast-check";
import { expect, test } from "vitest";
import { interleave } from "./interleaving.js";

/** Interleavings to run; the same again with the seed that a run prints, the one that failed with its path. */
const RUNS = Number(process.env["SEGLOG_LAW_RUNS"] ?? 30);
const SEED = Number(process.env["SEGLOG_SEED"] ?? Date.now() % 2 ** 31);
const PATH = process.env["SEGLOG_SEED_PATH"];

/** After this long it is enough, above all of making a failure shorter. In milliseconds. */
const LAW_MS_MAX = 25 * 60_000;

test("what an observer assembled equals the store, whatever happened meanwhile, from every token", {
  timeout: LAW_MS_MAX + 30_000,
}, async () => {
  console.info(`${RUNS} interleavings with SEGLOG_SEED=${SEED}`);
  const tape = fc.noBias(fc.array(fc.nat({ max: 2 ** 16 }), { minLength: 100, maxLength: 1000, size: "max" }));
  let messageCount = 0;
  let mirrorCount = 0;

  await fc.assert(
    fc.asyncProperty(tape, async (numbers) => {
      const result = await interleave(numbers);
      messageCount += result.messageCount;
      mirrorCount += result.comparisons.length;
      for (const { mirrored, stored } of result.comparisons) expect(mirrored).toEqual(stored);
    }),
    {
      numRuns: RUNS,
      seed: SEED,
      interruptAfterTimeLimit: LAW_MS_MAX,
      markInterruptAsFailure: true,
      ...(PATH === undefined ? {} : { path: PATH }),
    },
  );

  console.info(`${messageCount} messages, ${mirrorCount} mirrors equal the store`);
  expect(messageCount).toBeGreaterThan(10 * RUNS);
});
