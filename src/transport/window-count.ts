import { COUNTING_WINDOW_MS } from "../model/limits.js";

/** Counts what a client may do so often in COUNTING_WINDOW_MS, and not more often. */
export class WindowCount {
  readonly #max: number;
  #sinceMs: number;
  #count = 0;

  constructor(max: number, nowMs: number) {
    this.#max = max;
    this.#sinceMs = nowMs;
  }

  /** Counts one; whether these are too many. */
  isTooMany(nowMs: number): boolean {
    if (nowMs - this.#sinceMs >= COUNTING_WINDOW_MS) {
      this.#sinceMs = nowMs;
      this.#count = 0;
    }
    return ++this.#count > this.#max;
  }
}
