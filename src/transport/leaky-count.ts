/** Counts what a client may do so often at once, and as often again in each window of time for long. */
export class LeakyCount {
  readonly #max: number;
  readonly #windowMs: number;
  #count = 0;
  #countedMs: number;

  /** @param nowMs when it begins, in milliseconds */
  constructor({ max, windowMs }: { readonly max: number; readonly windowMs: number }, nowMs: number) {
    this.#max = max;
    this.#windowMs = windowMs;
    this.#countedMs = nowMs;
  }

  /** Counts one; whether these are too many. */
  isTooMany(nowMs: number): boolean {
    const gone = ((nowMs - this.#countedMs) / this.#windowMs) * this.#max;
    this.#count = Math.max(0, this.#count - gone) + 1;
    this.#countedMs = nowMs;
    return this.#count > this.#max;
  }
}
