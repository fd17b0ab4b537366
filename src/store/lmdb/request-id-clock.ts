import { REQUEST_ID_KEPT_MS } from "../../model/limits.js";

/** Least difference that counts as the clock having been set, in milliseconds. */
const SET_MS_MIN = 1000;

/** How far the wall clock was ahead of the monotonic one, from a moment of the latter on. In milliseconds. */
interface Offset {
  readonly sinceMs: number;
  readonly aheadMs: number;
}

/**
 * The clock that request ids grow old by.
 *
 * Their times are those of the wall clock, for they outlive a process. Where that is set ahead while one runs, ids would
 * be forgotten hours before their time, and a retry would write twice; where it was behind and is put right, likewise.
 * So for as long as an id is kept this clock goes by the earliest of what the wall clock would say, had it not been set.
 */
export class RequestIdClock {
  readonly #wallMs: () => number;
  readonly #monotonicMs: () => number;
  /** Oldest first. All but the last are over. */
  #offsets: Offset[] = [];

  constructor(wallMs: () => number, monotonicMs: () => number) {
    this.#wallMs = wallMs;
    this.#monotonicMs = monotonicMs;
  }

  /** In milliseconds since the epoch. Has to be asked between two settings of the wall clock to know of the first. */
  earliestMs(): number {
    const monotonicMs = this.#monotonicMs();
    const aheadMs = this.#wallMs() - monotonicMs;
    const last = this.#offsets.at(-1);
    if (last === undefined || Math.abs(aheadMs - last.aheadMs) >= SET_MS_MIN) this.#offsets.push({ sinceMs: monotonicMs, aheadMs });
    this.#offsets = this.#offsets.filter((_, i) => {
      const endMs = this.#offsets[i + 1]?.sinceMs ?? Number.POSITIVE_INFINITY;
      return endMs > monotonicMs - REQUEST_ID_KEPT_MS;
    });
    return monotonicMs + Math.min(aheadMs, ...this.#offsets.map((offset) => offset.aheadMs));
  }
}
