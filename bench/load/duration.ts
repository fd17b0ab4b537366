import { performance } from "node:perf_hooks";
import type { BenchContext } from "../bench-case.js";

/** How long each contender is measured in each run, about. */
export function secondsOf({ isQuick }: BenchContext): number {
  return isQuick ? 0.5 : 1;
}

/** How often something is done in a second that is done again and again, for so many seconds. */
export function timesPerSecond(seconds: number, once: () => void): number {
  const startMs = performance.now();
  let times = 0;
  let spentMs = 0;
  for (; spentMs < seconds * 1000; times++) {
    once();
    spentMs = performance.now() - startMs;
  }
  return times / (spentMs / 1000);
}
