import assert from "node:assert/strict";
import { SegmentClientError } from "../../../src/client/client-error.js";
import { type Random, seededRandom } from "../../journeys/load/random.js";
import { chooseOperation } from "./choose-operation.js";
import type { OperationAnswer, SessionCalls } from "./session-calls.js";
import { applied, type Operation, type SessionModel, segmentOf } from "./session-model.js";

/** One operation, and when. Times are of the clock that the writer was given. */
export interface Step {
  readonly operation: Operation;
  readonly requestId: string;
  /** Before it was sent. */
  readonly askedAt: number;
  /** When its answer was there; undefined without one. */
  readonly answeredAt: number | undefined;
  /** What the session is behind it. */
  readonly model: SessionModel;
}

/** Tells what a moment is: by time, or by how much a disk has been told to write. */
export type Clock = () => number;

/** Writes one session, one operation after another, and remembers each of them. */
export class SessionWriter {
  readonly name: string;
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #steps: Step[] = [];
  #operationCount = 0;
  #acknowledgedEntries = 0;
  #acknowledgedBytes = 0;

  constructor(name: string, options: { readonly seed: number; readonly clock?: Clock }) {
    this.name = name;
    this.#random = seededRandom(options.seed);
    this.#clock = options.clock ?? (() => performance.now());
  }

  /** Everything that it did, in order. */
  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** What was acknowledged in all. */
  get acknowledged(): { readonly operations: number; readonly entries: number; readonly bytes: number } {
    const unanswered = this.pending === undefined ? 0 : 1;
    return { operations: this.#operationCount - unanswered, entries: this.#acknowledgedEntries, bytes: this.#acknowledgedBytes };
  }

  /** The session as it was acknowledged; or with what was asked last, where nobody knows of that. */
  get model(): SessionModel {
    return this.#steps.at(-1)?.model ?? new Map();
  }

  /** What was asked last, where it was not answered. */
  get pending(): Step | undefined {
    const last = this.#steps.at(-1);
    return last?.answeredAt === undefined ? last : undefined;
  }

  /** Works until a call is cut off, or so many operations have been answered. */
  async work(calls: SessionCalls, operationsMost = Number.POSITIVE_INFINITY, onAnswered = () => {}): Promise<void> {
    for (let count = 0; count < operationsMost; count++) {
      const number = this.#operationCount++;
      const operation = chooseOperation(this.model, `${this.name}.${number}`, this.#random);
      const requestId = `${this.name}.${number}`;
      this.#steps.push({ operation, requestId, askedAt: this.#clock(), answeredAt: undefined, model: applied(this.model, operation) });
      if (!(await this.#ask(calls))) return;
      onAnswered();
    }
  }

  /**
   * Asks again for what was not answered, as a client does that wants to know what became of it.
   *
   * @param wasStored whether it is known to be in the store, or not to be; undefined where that cannot be told
   */
  async askAgain(calls: SessionCalls, wasStored: boolean | undefined): Promise<void> {
    if (this.pending === undefined) return;
    const replayed = await this.#ask(calls);
    assert(replayed !== undefined, `${this.name}: a retry was cut off`);
    if (wasStored === undefined) return;
    assert.equal(
      replayed.replayed,
      wasStored,
      `${this.name}: whether a retry of what ${wasStored ? "is" : "is not"} stored was a repetition`,
    );
  }

  /** Forgets what was asked last and not answered: it is known not to be in the store. */
  forgetPending(): void {
    if (this.pending === undefined) return;
    this.#steps.pop();
    this.#operationCount--;
  }

  /** Takes what was asked last and not answered for done: it is known to be in the store. */
  keepPending(): void {
    const { pending } = this;
    if (pending !== undefined) this.#steps[this.#steps.length - 1] = { ...pending, answeredAt: this.#clock() };
  }

  /** Forgets all but the last step, so that what it remembers stays bounded. */
  forgetHistory(): void {
    this.#steps.splice(0, this.#steps.length - 1);
  }

  /** Undefined where the call was cut off, and nobody knows what became of it. */
  async #ask(calls: SessionCalls): Promise<OperationAnswer | undefined> {
    const step = this.#steps.at(-1);
    assert(step !== undefined, "there is nothing to ask");
    const before = this.#steps.at(-2)?.model ?? new Map();
    let answer: OperationAnswer;
    try {
      answer = await calls.ask(step.operation, step.requestId);
    } catch (error) {
      if (error instanceof SegmentClientError && error.reason === undefined) return undefined;
      throw error;
    }
    const operation = answeredOperation(step.operation, answer, before);
    this.#steps[this.#steps.length - 1] = { ...step, operation, model: applied(before, operation), answeredAt: this.#clock() };
    if (operation.kind === "append") {
      this.#acknowledgedEntries += operation.entries.length;
      for (const { length } of operation.entries) this.#acknowledgedBytes += length;
    }
    return answer;
  }
}

/** The operation with what its answer said of it, once that has been found right. */
function answeredOperation(operation: Operation, { appended }: OperationAnswer, before: SessionModel): Operation {
  if (operation.kind !== "append") return operation;
  assert(appended !== undefined, "an append was answered without a place");
  const count = segmentOf(before, operation.segmentId).entries.length;
  assert.equal(appended.firstIndex, count, `first index of an append to ${operation.segmentId}`);
  assert.equal(appended.entryCount, count + operation.entries.length, `entry count behind an append to ${operation.segmentId}`);
  return { ...operation, firstPosition: appended.headPosition - operation.entries.length + 1 };
}
