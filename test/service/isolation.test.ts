import { expect, test } from "vitest";
import { checkIsolation } from "../faults/isolation/check-isolation.js";

const SEED = Number(process.env["SEGLOG_SEED"] ?? Date.now() % 2 ** 31);

test("what a caller is told is what it would be told if no other namespace were there, whatever is asked", {
  timeout: 300_000,
}, async () => {
  const { failures, ...counts } = await checkIsolation({ operationsMin: 1500, seed: SEED });

  console.log(`isolation, SEGLOG_SEED=${SEED}:`, JSON.stringify({ ...counts, failures }));
  expect(counts.reachedAcross).toBeGreaterThan(50);
  expect(counts.idsTakenElsewhere).toBeGreaterThan(3);
  expect(counts.foreignTokens).toBeGreaterThan(3);
});
