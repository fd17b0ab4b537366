import fc from "fast-check";
import { expect, test } from "vitest";
import { isSeglogError } from "../../src/model/errors.js";
import { NamespaceLedger } from "../../src/store/namespace-ledger.js";

const RATE = 10;

/** A ledger of ten entries a second, with a clock that the test sets. */
function aLedger() {
  const clock = { ms: 0 };
  const ledger = new NamespaceLedger({ defaults: { entriesPerSecondMax: RATE }, byName: new Map() }, () => clock.ms);
  const add = (entries: number): number | undefined => {
    try {
      ledger.charge("n", { sessions: 0, bytes: 0, entries });
      return undefined;
    } catch (error) {
      if (!isSeglogError(error, "QUOTA_EXCEEDED")) throw error;
      return error.retryAfterMs;
    }
  };
  return { clock, add };
}

test("in any time no more comes in than the rate allows, one second's worth and the last unit", () => {
  const steps = fc.array(fc.record({ waitMs: fc.nat({ max: 500 }), entries: fc.integer({ min: 1, max: 30 }) }), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (tried) => {
      const { clock, add } = aLedger();
      let taken = 0;
      for (const { waitMs, entries } of tried) {
        clock.ms += waitMs;
        if (add(entries) === undefined) taken += entries;
        expect(taken).toBeLessThanOrEqual(RATE + (clock.ms * RATE) / 1000 + 30);
      }
    }),
  );
});

test("who waits as long as the refusal says gets in", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 20 }), (units) => {
      const { clock, add } = aLedger();
      for (const entries of units) {
        const retryAfterMs = add(entries);
        if (retryAfterMs === undefined) continue;
        clock.ms += retryAfterMs;
        expect(add(entries)).toBeUndefined();
      }
    }),
  );
});

test("a namespace that was idle for long has one second's worth, and no more", () => {
  const { clock, add } = aLedger();
  clock.ms = 3_600_000;

  const outcomes = Array.from({ length: 12 }, () => add(1));

  expect(outcomes.filter((refused) => refused === undefined)).toHaveLength(RATE);
});
