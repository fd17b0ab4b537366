import { EntryKind } from "../../../gen/seglog/v1/segment_service_pb.js";
import { TailHub } from "../../../src/tail/tail-hub.js";
import { type HeldStore, openHeldStore } from "../../support/held-store.js";
import { Observer, type ObserverOptions, type ScopeInit } from "./observer.js";
import { Tape } from "./tape.js";
import { SEGMENTS, SESSIONS, Writers } from "./writers.js";

const OBSERVER_COUNT = 4;

/** Sizes of pages, in bytes: from one entry to all that there is. */
const PAGES = [1, 150, 1000, 2 ** 20] as const;

/** What an interleaving came to. */
export interface InterleavingResult {
  readonly messageCount: number;
  /** What observers have, beside what the store has; one for each observer and each token. */
  readonly comparisons: readonly { readonly mirrored: readonly string[]; readonly stored: readonly string[] }[];
}

/**
 * Lets writers and observers move as a tape decides, until it is at its end; then lets the observers catch up, and
 * others resume from every token that was handed out.
 */
export async function interleave(numbers: readonly number[]): Promise<InterleavingResult> {
  const interleaving = new Interleaving(openHeldStore(), new Tape(numbers));
  try {
    return await interleaving.run();
  } finally {
    await interleaving.close();
  }
}

class Interleaving {
  readonly #tape: Tape;
  readonly #writers: Writers;
  #law: HeldStore;
  #hub: TailHub;
  #observers: readonly { readonly observer: Observer; readonly options: ObserverOptions }[];

  constructor(law: HeldStore, tape: Tape) {
    this.#law = law;
    this.#tape = tape;
    this.#hub = hubOf(law);
    this.#writers = new Writers(law, tape);
    this.#observers = Array.from({ length: OBSERVER_COUNT }, (_, i) => {
      const options = observerOptions(tape, i);
      return { options, observer: new Observer(law, this.#hub, options) };
    });
  }

  async run(): Promise<InterleavingResult> {
    while (!this.#tape.isAtEnd) {
      await this.#move();
      await this.#settle(this.#observers.map(({ observer }) => observer));
    }
    this.#letGo();
    await this.#writers.answered();
    if (this.#tape.below(2) === 0) await this.#law.purgeAll();
    if (this.#tape.below(2) === 0) await this.#reopen();

    const comparisons = [];
    let messageCount = 0;
    for (const { observer, options } of this.#observers) {
      await this.#catchUp(observer);
      comparisons.push(await observer.comparison());
      messageCount += observer.checkpoints.length;
      for (const checkpoint of observer.checkpoints) {
        const second = new Observer(this.#law, this.#hub, options, checkpoint);
        await this.#catchUp(second);
        comparisons.push(await second.comparison());
        second.leave();
      }
      observer.leave();
    }
    if (this.#hub.tailCount > 0) throw new Error(`${this.#hub.tailCount} places were not given back`);
    return { messageCount, comparisons: comparisons.filter((comparison) => comparison !== undefined) };
  }

  async close(): Promise<void> {
    this.#letGo();
    await this.#law.close();
  }

  #letGo(): void {
    this.#law.engine.isHolding = false;
    this.#law.engine.release();
  }

  /** A restart of the daemon: the observers are left with their tokens. */
  async #reopen(): Promise<void> {
    for (const { observer } of this.#observers) observer.leave();
    await this.#settle([]); // what they were reading is read to its end
    this.#law = await this.#law.reopen();
    this.#hub = hubOf(this.#law);
    this.#observers = this.#observers.map(({ observer, options }) => ({ options, observer: observer.on(this.#law, this.#hub) }));
  }

  async #move(): Promise<void> {
    const { engine } = this.#law;
    const what = this.#tape.below(12);
    if (what < 3) return this.#writers.move();
    if (what === 3) {
      engine.isHolding = !engine.isHolding;
      if (!engine.isHolding) engine.release();
      return;
    }
    if (what === 4) return engine.release();
    const observed = this.#observers[this.#tape.below(OBSERVER_COUNT)];
    if (observed !== undefined) await this.#moveObserver(observed.observer);
  }

  async #moveObserver(observer: Observer): Promise<void> {
    if (observer.tail !== undefined) {
      if (this.#tape.below(12) === 0) return observer.leave();
      // In one go to its next message, or by stretches that others come between.
      observer.tail.isGated = this.#tape.below(2) === 0;
      return observer.tail.move();
    }
    if (!observer.hasToken || this.#tape.below(8) === 0) {
      // Between a commit and its telling, what a mirror begins with would be ahead of its tail.
      const way = this.#law.engine.isHeld ? 0 : this.#tape.below(4);
      if (way === 1) return observer.fromEnd();
      if (way === 2) return observer.fromIndex(this.#tape.below(9) / 8.5);
      return observer.fromBeginning();
    }
    switch (this.#tape.below(4)) {
      case 0:
        return observer.resumeByPosition();
      case 1:
        return observer.resume(observer.checkpoints[this.#tape.below(observer.checkpoints.length)]);
      default:
        return observer.resume();
    }
  }

  /** Goes on until it has all that there is, or its scope is gone for good: a tail of that ends where the one before did. */
  async #catchUp(observer: Observer): Promise<void> {
    let endPosition: number | undefined;
    for (let endings = 0; endings < 10; endings++) {
      if (observer.tail === undefined) await (observer.hasToken ? observer.resume() : observer.fromBeginning());
      while (observer.tail !== undefined && !observer.tail.isWaiting) {
        observer.tail.isGated = false;
        observer.tail.move();
        await this.#settle([observer]);
      }
      const { position } = observer;
      if (observer.tail !== undefined || !observer.hasToken || position === endPosition) return;
      endPosition = position;
    }
    throw new Error("a tail ends again and again");
  }

  /** Resolves when nothing moves by itself any more. */
  async #settle(observers: readonly Observer[]): Promise<void> {
    for (let turns = 0; turns < 10_000; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
      await this.#law.engine.settled();
      if (this.#writers.failure !== undefined) throw this.#writers.failure;
      for (const { tail } of observers) if (tail?.failure !== undefined) throw tail.failure;
      const isStill = observers.every((observer) => observer.isStable) && (this.#writers.isIdle || this.#law.engine.isHeld);
      if (isStill) return;
    }
    throw new Error("an interleaving does not come to rest");
  }
}

function hubOf({ store }: HeldStore): TailHub {
  return new TailHub(store, { tailsMax: 1000, tailsPerConnectionMax: 1000 });
}

function observerOptions(tape: Tape, i: number): ObserverOptions {
  const scopes: readonly [ScopeInit, ...ScopeInit[]] = [
    { case: "store", value: {} },
    { case: "sessionId", value: tape.pick(SESSIONS) },
    { case: "segmentId", value: tape.pick(SEGMENTS) },
  ];
  return {
    scope: scopes[i] ?? tape.pick(scopes),
    kinds: tape.pick<readonly number[]>([[], [], [EntryKind.TURN_END], [EntryKind.USER_INPUT, EntryKind.SEGMENT_START]]),
    pageBytes: tape.pick(PAGES),
  };
}
