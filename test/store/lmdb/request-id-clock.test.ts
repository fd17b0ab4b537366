import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { REQUEST_ID_KEPT_MS } from "../../../src/model/limits.js";
import { openLmdbStore } from "../../../src/store/lmdb/open-lmdb-store.js";
import { RequestIdClock } from "../../../src/store/lmdb/request-id-clock.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { idOf, said, segment } from "../contract/sample-entries.js";
import { appendOf, aSegment, remember } from "../contract/writes.js";

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

test.each([
  ["a year ahead", YEAR_MS],
  ["a year back", -YEAR_MS],
  ["an hour back", -HOUR_MS],
])("a clock that is set %s makes no retry write twice", async (_, byMs) => {
  let wallMs = 2_000_000_000_000;
  const store = await openLmdbStore({ dir: temporaryFolder(), newId: () => idOf(1), nowMs: () => wallMs, monotonicMs: () => 5000 });
  onTestFinished(() => store.close());
  await aSegment(store);
  const unit = appendOf(segment(100), [said("once")]);
  await store.append(unit, remember("before it is set"));

  wallMs += byMs;
  const retried = await store.append(unit, remember("before it is set"));
  await store.append(unit, remember("after it is set"));
  wallMs -= byMs;
  const later = [await store.append(unit, remember("before it is set")), await store.append(unit, remember("after it is set"))];

  expect([retried, ...later].map(({ replayed }) => replayed)).toEqual([true, true, true]);
});

test("whatever the clock is set to, an id is kept for a day of real time, and where it is not set no longer", () => {
  const step = fc.record({ passedMs: fc.nat(HOUR_MS), setMs: fc.integer({ min: -YEAR_MS, max: YEAR_MS }), isSet: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      let [wallMs, monotonicMs, lastSetMs] = [YEAR_MS * 50, 0, Number.NEGATIVE_INFINITY];
      const clock = new RequestIdClock(
        () => wallMs,
        () => monotonicMs,
      );
      clock.earliestMs();
      const written: { readonly timeMs: number; readonly atMs: number }[] = [];
      for (const { passedMs, setMs, isSet } of steps) {
        wallMs += passedMs;
        monotonicMs += passedMs;
        if (isSet) {
          wallMs += setMs;
          lastSetMs = monotonicMs;
        }
        const nowMs = clock.earliestMs();
        for (const { timeMs, atMs } of written) {
          if (monotonicMs - atMs < REQUEST_ID_KEPT_MS) expect(timeMs + REQUEST_ID_KEPT_MS).toBeGreaterThan(nowMs - 1000);
        }
        if (monotonicMs - lastSetMs > REQUEST_ID_KEPT_MS) expect(Math.abs(nowMs - wallMs)).toBeLessThan(1000);
        written.push({ timeMs: wallMs, atMs: monotonicMs });
      }
    }),
  );
});
