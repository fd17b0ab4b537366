import type { KindFilter } from "../../../src/model/entry-kinds.js";
import type { TailBeginning } from "../../../src/service/tail-start.js";
import type { FeedRange } from "../../../src/store/feed.js";
import { follow, type TailStep } from "../../../src/tail/follow.js";
import type { FeedSource } from "../../../src/tail/shared-pages.js";
import type { TailHub } from "../../../src/tail/tail-hub.js";
import { type Deferred, deferred } from "../../support/deferred.js";

/** How a stepped tail reads, and who hears of it. */
export interface SteppedTailOptions {
  readonly kinds: KindFilter;
  readonly pageBytes: number;
  readonly onStep: (step: TailStep) => void;
  readonly onEnd: () => void;
}

/** A tail that moves one stretch at a time: to before a read, to behind it, to its next message. */
export class SteppedTail {
  readonly #steps: AsyncIterator<TailStep>;
  readonly #options: SteppedTailOptions;
  readonly #ending = new AbortController();
  readonly #close: () => void;
  #gate: Deferred<void> | undefined;
  #isPulled = false;
  #isWaiting = false;
  isGated = true;
  failure: unknown;

  constructor(feed: FeedSource, hub: TailHub, start: TailBeginning, options: SteppedTailOptions) {
    this.#options = options;
    const { deletion } = start;
    if (deletion !== undefined) {
      this.#steps = told({ type: "event", position: deletion.position, event: deletion });
      this.#close = () => {};
      return;
    }
    const watch = hub.watch(start.scope);
    this.#close = () => watch.close();
    const source = {
      get headPosition() {
        return feed.headPosition;
      },
      readFeed: async (range: FeedRange) => {
        await this.#pass();
        const page = await feed.readFeed({ ...range, bytesMax: options.pageBytes });
        await this.#pass();
        return page;
      },
    };
    const watched = {
      get version() {
        return watch.version;
      },
      close: this.#close,
      changedFrom: async (...args: Parameters<typeof watch.changedFrom>) => {
        this.#isWaiting = true;
        await watch.changedFrom(...args);
        this.#isWaiting = false;
      },
    };
    this.#steps = follow(source, watched, start, { kinds: options.kinds, heartbeatMs: 1e9, signal: this.#ending.signal });
  }

  /** Whether nothing moves until somebody moves it, or something is committed. */
  get isStable(): boolean {
    return !this.#isPulled || this.#gate !== undefined || this.#isWaiting;
  }

  /** Whether it has sent all that there is. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** Moves on: asks for the next message, or lets the read that is under way go on. */
  move(): void {
    if (this.#gate !== undefined) {
      const gate = this.#gate;
      this.#gate = undefined;
      gate.resolve();
    } else if (!this.#isPulled) {
      void this.#pull();
    }
  }

  /** Ends it. A message on its way is lost. */
  leave(): void {
    this.#ending.abort();
    this.#isPulled = true; // nothing is dealt with any more
    this.isGated = false;
    this.move();
    this.#close();
  }

  async #pull(): Promise<void> {
    this.#isPulled = true;
    try {
      const next = await this.#steps.next();
      if (this.#ending.signal.aborted) return;
      if (next.done) {
        this.#close();
        this.#options.onEnd();
      } else {
        this.#options.onStep(next.value);
      }
    } catch (error) {
      this.failure = error;
    }
    this.#isPulled = false;
  }

  async #pass(): Promise<void> {
    if (!this.isGated) return;
    this.#gate = deferred();
    await this.#gate.promise;
  }
}

async function* told(step: TailStep): AsyncGenerator<TailStep, void> {
  yield step;
}
