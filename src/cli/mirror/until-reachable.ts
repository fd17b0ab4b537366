import { setTimeout as delay } from "node:timers/promises";
import { SegmentClientError } from "../../client/client-error.js";
import { EXIT } from "../exit-code.js";
import { failureOf } from "../failure.js";
import { note } from "../output.js";

/** Waits between tries, in milliseconds: the first, doubled each time up to the last. */
const WAIT_MS_MIN = 100;
const WAIT_MS_MAX = 5000;

/** How somebody waits for daemons that are away. */
export interface Patience {
  readonly signal: AbortSignal;
  /** How long is waited for a daemon that does not come back, in milliseconds. */
  readonly giveUpMs: number;
}

/**
 * Does something until it is done, beginning anew where a daemon cannot be reached or cannot take it now.
 *
 * @param work is given a function to call whenever it has come further: the next wait is a short one then
 * @throws what the work threw where waiting does not help, or has taken too long
 */
export async function untilReachable<Result>(
  { signal, giveUpMs }: Patience,
  work: (cameFurther: () => void) => Promise<Result>,
): Promise<Result> {
  let waitMs = WAIT_MS_MIN;
  let failingSinceMs: number | undefined;
  const cameFurther = () => {
    waitMs = WAIT_MS_MIN;
    failingSinceMs = undefined;
  };
  for (;;) {
    try {
      return await work(cameFurther);
    } catch (error) {
      const nowMs = performance.now();
      // The tries count too: a daemon that is wedged takes long to fail.
      if (signal.aborted || !passes(error) || nowMs - (failingSinceMs ?? nowMs) >= giveUpMs) throw error;
      if (failingSinceMs === undefined) note(`${failureOf(error).message ?? "a daemon is away"}; trying again until it answers`);
      failingSinceMs ??= nowMs;
    }
    await delay(waitMs, undefined, { signal });
    waitMs = Math.min(2 * waitMs, WAIT_MS_MAX);
  }
}

/** Whether waiting helps: a daemon is away, or says itself after how long it would take more. */
function passes(error: unknown): boolean {
  const hasRetryInfo = error instanceof SegmentClientError && error.retryAfterMs !== undefined;
  return hasRetryInfo || failureOf(error).exitCode === EXIT.unavailable;
}
