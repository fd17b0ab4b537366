/** Calls of the first warm-up, which tell how many the second takes. */
const FIRST_CALLS = 400;

/**
 * How many calls take about so many seconds. Finding that out warms the contender up: a compiler that works while it
 * runs has seen the calls then.
 *
 * @param rate makes so many calls and gives how many that is a second
 */
export async function callsFor(seconds: number, rate: (calls: number) => number | Promise<number>): Promise<number> {
  const cold = await rate(FIRST_CALLS);
  const warm = await rate(Math.max(FIRST_CALLS, Math.round(cold * seconds)));
  return Math.max(FIRST_CALLS, Math.round(warm * seconds));
}
