import type { CommitQueue } from "./commit-queue.js";
import type { RequestIdClock } from "./request-id-clock.js";
import { forgetExpired } from "./tables/request-ids.js";
import { continuePurge } from "./write/purge.js";

/** How often request ids whose time is over are looked for, in milliseconds. */
const EXPIRY_EVERY_MS = 60_000;

/** Most request ids that one step forgets. */
const EXPIRY_STEP_COUNT = 1000;

/**
 * Removes what is to be removed, in small commits between those of others: the rest of deletions and
 * truncations, and request ids after their time. What a crash interrupts goes on at the next start.
 */
export class Purger {
  readonly #queue: CommitQueue;
  readonly #idClock: RequestIdClock;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(queue: CommitQueue, idClock: RequestIdClock) {
    this.#queue = queue;
    this.#idClock = idClock;
    this.#timer = setInterval(() => this.#inBackground(() => this.#forgetExpired()), EXPIRY_EVERY_MS);
    this.#timer.unref();
  }

  /** Sees to it that all removals go on. */
  start(): void {
    this.#inBackground(() => this.finished());
  }

  /** Resolves when no removal is under way. */
  finished(): Promise<void> {
    this.#running ??= this.#purgeAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Takes no further step. What is left goes on at the next start. */
  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  async #purgeAll(): Promise<void> {
    while (!this.#isStopped && (await this.#queue.runOwn(continuePurge)));
  }

  async #forgetExpired(): Promise<void> {
    const step = () => this.#queue.runOwn((tx) => forgetExpired(tx, this.#idClock.earliestMs(), EXPIRY_STEP_COUNT));
    while (!this.#isStopped && (await step()) === EXPIRY_STEP_COUNT);
  }

  /** A step that cannot be taken (the queue is full, closed or failed) is taken by the next one who needs it, or at the next start. */
  #inBackground(work: () => Promise<void>): void {
    work().catch(() => {});
  }
}
