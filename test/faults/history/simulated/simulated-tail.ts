import type { Random } from "../../../journeys/load/random.js";
import type { Tail, TailMessage, TailScope, TailStart } from "../history.js";
import type { SimulatedStore } from "./simulated-store.js";

/** An observer of a simulated store, which leaves and resumes now and then. */
export class SimulatedTail {
  readonly #store: SimulatedStore;
  readonly #scope: TailScope;
  readonly #random: Random;
  readonly #calls: { tail: Tail; messages: TailMessage[]; startHead: number; isCaughtUp: boolean }[] = [];
  #position = 0;

  constructor(store: SimulatedStore, scope: TailScope, random: Random) {
    this.#store = store;
    this.#scope = scope;
    this.#random = random;
  }

  /** Every call that it made. */
  get tails(): readonly Tail[] {
    return this.#calls.map(({ tail }) => tail);
  }

  /** Goes on at a time, in nanoseconds. */
  move(nowNs: number): void {
    const call = this.#calls.at(-1);
    if (call === undefined || this.#random() < 0.1) return this.#call(nowNs);
    const entriesMax = 1 + Math.floor(this.#random() * 5);
    const message = this.#store.tailMessage(this.#scope, { afterPosition: this.#position, entriesMax });
    const isThrough = message === undefined || this.#position >= call.startHead;
    if (!call.isCaughtUp && isThrough) {
      call.isCaughtUp = true;
      this.#position = Math.max(this.#position, call.startHead);
      call.messages.push({ receivedNs: nowNs, position: this.#position, event: { type: "caughtUp" } });
    } else if (message !== undefined) {
      this.#position = message.position;
      call.messages.push({ receivedNs: nowNs, ...message });
    } else {
      this.#position = this.#store.headPosition;
      call.messages.push({ receivedNs: nowNs, position: this.#position, event: { type: "heartbeat" } });
    }
  }

  /** Goes on until it has everything. */
  finish(nowNs: number): void {
    do this.move(nowNs);
    while (this.#position < this.#store.headPosition || this.#calls.at(-1)?.isCaughtUp === false);
  }

  #call(invokeNs: number): void {
    const start: TailStart = this.#calls.length === 0 ? { type: "beginning" } : { type: "after", position: this.#position };
    const messages: TailMessage[] = [];
    const id = `tail of ${this.#scope.type}, call ${this.#calls.length}`;
    const tail = { id, scope: this.#scope, start, invokeNs, messages };
    this.#calls.push({ tail, messages, startHead: this.#store.headPosition, isCaughtUp: false });
  }
}
