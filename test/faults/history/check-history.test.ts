import { expect, test } from "vitest";
import { checkHistory } from "./check-history.js";
import { PLANTED } from "./planted/name-planted.js";
import { draftOf } from "./planted/planted.js";
import { simulatedHistory } from "./simulated/simulated-history.js";

const HISTORIES = Array.from({ length: 12 }, (_, seed) => simulatedHistory(seed, 250));

test("nothing is found in a valid history", () => {
  for (const [seed, history] of HISTORIES.entries()) expect(checkHistory(history), `seed ${seed}`).toEqual([]);
});

test.each(PLANTED)("it is named $law where $name", (planted) => {
  let count = 0;
  for (const [seed, history] of HISTORIES.entries()) {
    const draft = draftOf(history);
    if (!planted.plant(draft)) continue;
    count++;
    const laws = checkHistory(draft).map(({ law }) => law);
    expect(laws, `seed ${seed}`).toContain(planted.law);
  }
  expect(count, "histories that it could be planted into").toBeGreaterThan(HISTORIES.length / 4);
});
