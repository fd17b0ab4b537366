/** Counts what may happen so often at once, and so often a second for long. */
export class LeakyCount {
  readonly #max: number;
  readonly #perSecond: number;
  #count = 0;
  #countedMs: number;

  constructor({ max, perSecond }: { readonly max: number; readonly perSecond: number }, nowMs: number) {
    this.#max = max;
    this.#perSecond = perSecond;
    this.#countedMs = nowMs;
  }

  /** Counts one; whether these are too many. */
  isTooMany(nowMs: number): boolean {
    this.#count = Math.max(0, this.#count - ((nowMs - this.#countedMs) / 1000) * this.#perSecond) + 1;
    this.#countedMs = nowMs;
    return this.#count > this.#max;
  }
}
