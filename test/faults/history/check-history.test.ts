import { expect, test } from "vitest";
import { checkHistory } from "./check-history.js";
import { simulatedHistory } from "./simulated/simulated-history.js";

test.each(Array.from({ length: 400 }, (_, seed) => seed))("nothing is found in a valid history: seed %i", (seed) => {
  expect(checkHistory(simulatedHistory(seed, 400))).toEqual([]);
});
