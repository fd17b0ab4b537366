import type { EventEmitter } from "node:events";
import type { CallContext } from "../service/handlers.js";

/** Longest delay that Node's timers take, in milliseconds. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** What of a grpc-js call its lifetime depends on. */
export type EndingCall = EventEmitter & { getDeadline(): Date | number };

/**
 * A call from its arrival to its answer.
 *
 * Its signal aborts when the caller goes away or the deadline passes before the answer is given. grpc-js says
 * `cancelled` after every call, those that went well included: what comes after `end()` says nothing.
 */
export class CallLifetime implements CallContext {
  readonly #abort = new AbortController();
  #deadlineTimer: NodeJS.Timeout | undefined;
  #isEnded = false;

  constructor(call: EndingCall) {
    call.once("cancelled", () => this.#cancel());
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /**
   * Aborts at the call's deadline even where the caller does not read: grpc-js ends a stream with a status that waits
   * behind unread messages, and says `cancelled` no sooner than that status is gone.
   */
  watchDeadline(call: EndingCall): void {
    const deadline = call.getDeadline();
    const remainingMs = (typeof deadline === "number" ? deadline : deadline.getTime()) - Date.now();
    if (remainingMs > TIMER_MS_MAX) return;
    this.#deadlineTimer = setTimeout(() => this.#cancel(), remainingMs);
  }

  /** The answer is given, or nobody waits for it any more. */
  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#deadlineTimer);
  }

  #cancel(): void {
    if (this.#isEnded) return;
    clearTimeout(this.#deadlineTimer);
    this.#abort.abort();
  }
}
