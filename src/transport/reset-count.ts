import { RESETS_WINDOW_MS } from "../model/limits.js";

/**
 * Counts calls that were reset before anything of their answer was sent. Who opens calls only to reset them has their
 * work done for nothing; a tail that is left, or a call that is given up a while later, was answered in part, or is rare.
 */
export class ResetCount {
  readonly #resetsMax: number;
  #sinceMs: number;
  #count = 0;

  constructor(resetsMax: number, nowMs: number) {
    this.#resetsMax = resetsMax;
    this.#sinceMs = nowMs;
  }

  /** Counts one; whether these are too many. */
  isTooMany(nowMs: number): boolean {
    if (nowMs - this.#sinceMs >= RESETS_WINDOW_MS) {
      this.#sinceMs = nowMs;
      this.#count = 0;
    }
    return ++this.#count > this.#resetsMax;
  }
}
