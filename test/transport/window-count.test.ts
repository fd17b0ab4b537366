import { expect, test } from "vitest";
import { COUNTING_WINDOW_MS } from "../../src/model/limits.js";
import { WindowCount } from "../../src/transport/window-count.js";

test("as many as the limit are not too many, one more is", () => {
  const count = new WindowCount(3, 0);

  expect([0, 1, 2, 3].map((nowMs) => count.isTooMany(nowMs))).toEqual([false, false, false, true]);
});

test("each window begins anew", () => {
  const count = new WindowCount(1, 0);

  expect([0, COUNTING_WINDOW_MS, 2 * COUNTING_WINDOW_MS].map((nowMs) => count.isTooMany(nowMs))).toEqual([false, false, false]);
});
