import fc from "fast-check";
import { type IsolationCounts, runIsolation } from "./isolation-run.js";
import { operations } from "./operations.js";

/**
 * Runs sequences of about 300 operations until there were so many in all.
 *
 * @throws Error with the call whose answer shows something of another namespace, and the seed
 */
export async function checkIsolation({
  operationsMin,
  seed,
}: {
  readonly operationsMin: number;
  readonly seed: number;
}): Promise<IsolationCounts> {
  const counts: IsolationCounts = {
    operations: 0,
    beside: 0,
    restarts: 0,
    reachedAcross: 0,
    idsTakenElsewhere: 0,
    foreignTokens: 0,
    failures: {},
  };
  const law = fc.asyncProperty(operations, (sequence) => runIsolation(sequence, counts));
  for (let round = 0; counts.operations < operationsMin; round++) {
    const numRuns = Math.max(1, Math.ceil((operationsMin - counts.operations) / 300));
    const { failed, errorInstance } = await fc.check(law, { numRuns, seed: seed + round, endOnFailure: true });
    if (failed) throw new Error(`with seed ${seed + round}: ${errorInstance}`, { cause: errorInstance });
  }
  return counts;
}
