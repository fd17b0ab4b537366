import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";

/** How long one answer may take, in milliseconds, before a daemon counts as one that is away. */
export const ANSWER_WITHIN_MS = 30_000;

/** ANSWER_WITHIN_MS for which store it is, which takes a daemon no work. */
export const STATUS_WITHIN_MS = 10_000;

/** How long a stream may be silent, in milliseconds; a tail has a heartbeat each second. */
const SILENT_MS = 15_000;

/**
 * Watches over a stream: a daemon that is stopped or wedged keeps its connection, and would be waited for for ever. Where
 * nothing comes for a while, the stream is aborted, and counts as one of a daemon that is away.
 */
export class StallWatch {
  readonly #outer: AbortSignal;
  readonly #what: string;
  readonly #silentMs: number;
  readonly #ending = new AbortController();
  readonly #endWithOuter = () => this.#ending.abort(this.#outer.reason);
  #timer: NodeJS.Timeout | undefined;
  #hasStalled = false;

  /** @param what whose stream it is, as a person would say it */
  constructor(outer: AbortSignal, what: string, silentMs = SILENT_MS) {
    this.#outer = outer;
    this.#what = what;
    this.#silentMs = silentMs;
    // Not AbortSignal.any, which keeps something of each stream for as long as the outer signal lives.
    if (outer.aborted) this.#endWithOuter();
    else outer.addEventListener("abort", this.#endWithOuter, { once: true });
  }

  /** Goes into the call that is watched. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** From now on something is waited for. */
  expect(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#hasStalled = true;
      this.#ending.abort();
    }, this.#silentMs);
  }

  /** It has come, and nothing is waited for until `expect` is called again. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  /** What an error of the call is: where this aborted it, a daemon that is away. */
  errorOf(error: unknown): unknown {
    if (!this.#hasStalled) return error;
    return new CommandError(EXIT.unavailable, `${this.#what} has said nothing for ${this.#silentMs / 1000} s`, error);
  }

  end(): void {
    this.pause();
    this.#outer.removeEventListener("abort", this.#endWithOuter);
  }
}

/** Gives what a stream gives, which is given up where it is silent for too long. */
export async function* unlessStalled<Part>(
  outer: AbortSignal,
  what: string,
  open: (signal: AbortSignal) => AsyncIterable<Part>,
  silentMs = SILENT_MS,
): AsyncGenerator<Part, void, undefined> {
  const watch = new StallWatch(outer, what, silentMs);
  try {
    watch.expect();
    for await (const part of open(watch.signal)) {
      watch.pause();
      yield part;
      watch.expect();
    }
  } catch (error) {
    throw watch.errorOf(error);
  } finally {
    watch.end();
  }
}
