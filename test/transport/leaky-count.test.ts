import { expect, test } from "vitest";
import { LeakyCount } from "../../src/transport/leaky-count.js";

test("as many as may be at once are, and then as many in each window", () => {
  const count = new LeakyCount({ max: 3, windowMs: 1500 }, 0);

  const atOnce = [0, 0, 0, 0].map((ms) => count.isTooMany(ms));
  const later = [1000, 1000, 1500, 1500].map((ms) => count.isTooMany(ms));

  expect(atOnce).toEqual([false, false, false, true]);
  expect(later).toEqual([false, true, true, true]);
});

test("who has been still for long may do as many at once again, and no more", () => {
  const count = new LeakyCount({ max: 3, windowMs: 1500 }, 0);
  for (let i = 0; i < 3; i++) count.isTooMany(0);

  expect([0, 0, 0, 0].map(() => count.isTooMany(60_000))).toEqual([false, false, false, true]);
});
