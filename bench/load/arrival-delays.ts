import type { Acknowledgement } from "./append-stream.js";
import type { Arrival } from "./observer.js";

/**
 * How long after its acknowledgement each entry was with an observer, in milliseconds, in ascending order; below zero
 * where the observer had it first. Both are in order of position, and every acknowledged entry has arrived.
 */
export function arrivalDelays(acknowledged: readonly Acknowledgement[], arrivals: readonly Arrival[]): Float64Array {
  const delays = new Float64Array(acknowledged.length);
  let at = 0;
  for (const [i, { headPosition, atMs }] of acknowledged.entries()) {
    while ((arrivals[at]?.position ?? Number.POSITIVE_INFINITY) < headPosition) at++;
    delays[i] = (arrivals[at]?.atMs ?? Number.NaN) - atMs;
  }
  return delays.sort();
}
