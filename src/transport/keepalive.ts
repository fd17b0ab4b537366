import type { Limits } from "../model/limits.js";

/**
 * Finds out whether a client with open calls is still there. One without calls is not asked: clients that wait for nothing
 * may not look at their connection, and answer no PING.
 */
export class Keepalive {
  readonly #limits: Pick<Limits, "keepaliveMs" | "keepaliveTimeoutMs">;
  readonly #ping: (onAnswer: () => void) => void;
  #heardMs: number;
  #askedMs: number | undefined;
  #callCount = 0;

  /** @param ping sends a PING */
  constructor(limits: Pick<Limits, "keepaliveMs" | "keepaliveTimeoutMs">, ping: (onAnswer: () => void) => void, nowMs: number) {
    this.#limits = limits;
    this.#ping = ping;
    this.#heardMs = nowMs;
  }

  /** Whether the client has gone, as far as one can tell. Asks it, where it is time to. */
  isLost({ openCalls, callCount }: { readonly openCalls: number; readonly callCount: number }, nowMs: number): boolean {
    if (openCalls === 0 || callCount !== this.#callCount) {
      this.#callCount = callCount;
      this.#hear(nowMs);
    } else if (this.#askedMs !== undefined) {
      return nowMs - this.#askedMs > this.#limits.keepaliveTimeoutMs;
    } else if (nowMs - this.#heardMs >= this.#limits.keepaliveMs) {
      this.#askedMs = nowMs;
      this.#ping(() => this.#hear(performance.now()));
    }
    return false;
  }

  #hear(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#askedMs = undefined;
  }
}
