import { type Random, seededRandom } from "../../journeys/load/random.js";
import { difference } from "./difference.js";
import { checkNothingElse, findState, LossError } from "./find-state.js";
import { Mirror } from "./mirror.js";
import { readStore, type StoredStore } from "./read-store.js";
import { SessionCalls } from "./session-calls.js";
import { type Clock, SessionWriter } from "./session-writer.js";

/** What became of the writers' operations. */
export interface TrialCounts {
  /** Acknowledged. */
  readonly operations: number;
  /** In acknowledged appends. */
  readonly entries: number;
  /** In acknowledged appends, of entries as they were sent. */
  readonly bytes: number;
  /** Operations whose answer never came: those that were in the store afterwards, and those that were not. */
  readonly unknownStored: number;
  readonly unknownAbsent: number;
  /** What the tail of the store gave: entries, and truncations and deletions. */
  readonly delivered: number;
  readonly deliveredEvents: number;
}

/** Writers, each with a session of its own, and a tail of the store: what a daemon is put to while something is done to it. */
export class Trial {
  readonly writers: readonly SessionWriter[];
  readonly mirror: Mirror;
  readonly #random: Random;
  #unknownStored = 0;
  #unknownAbsent = 0;
  /** How many answers are waited for, and what comes then. */
  #awaited = { count: 0, resolve: () => {} };

  constructor({ seed, writers, clock }: { readonly seed: number; readonly writers: number; readonly clock?: Clock }) {
    const name = (i: number) => `${seed.toString(36)}.${i}`;
    this.writers = Array.from({ length: writers }, (_, i) => new SessionWriter(name(i), { seed: seed + i, ...(clock && { clock }) }));
    this.mirror = new Mirror(clock);
    this.#random = seededRandom(seed);
  }

  get counts(): TrialCounts {
    const acknowledged = this.writers.map((writer) => writer.acknowledged);
    const sum = (name: "operations" | "entries" | "bytes") => acknowledged.reduce((total, each) => total + each[name], 0);
    return {
      operations: sum("operations"),
      entries: sum("entries"),
      bytes: sum("bytes"),
      unknownStored: this.#unknownStored,
      unknownAbsent: this.#unknownAbsent,
      delivered: this.mirror.counts.entries,
      deliveredEvents: this.mirror.counts.events,
    };
  }

  /** Resolves once the writers have been answered so often from now on; or once their work is over. */
  answered(count: number): Promise<void> {
    if (count === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#awaited = { count, resolve };
    });
  }

  /** Writes and follows until every call is cut off; or until each writer has been answered so often, and the tail is up with them. */
  async work(socket: string, operationsMost?: number): Promise<void> {
    const leaving = new AbortController();
    const following = this.mirror.follow(socket, { signal: leaving.signal });
    following.catch(() => undefined); // awaited below
    const connections = this.writers.map(() => new SessionCalls(socket));
    try {
      await Promise.all(
        this.writers.map((writer, i) => writer.work(connections[i] ?? new SessionCalls(socket), operationsMost, this.#noteAnswer)),
      );
    } finally {
      this.#awaited.resolve();
      for (const connection of connections) connection.close();
      if (operationsMost !== undefined) leaving.abort();
    }
    await following;
  }

  /**
   * Checks that everything acknowledged and everything delivered is in the store, byte for byte, and nothing that was never
   * asked for; then asks again for half of what had no answer, and has the tail catch up.
   *
   * @throws LossError
   */
  async check(socket: string): Promise<void> {
    const stored = await readStore(socket);
    if (this.mirror.position > stored.headPosition) {
      throw new LossError(`a tail was given position ${this.mirror.position}; the store ends at ${stored.headPosition}`);
    }
    const calls = new SessionCalls(socket);
    try {
      for (const writer of this.writers) await this.#settle(writer, stored, calls);
    } finally {
      calls.close();
    }
    const settled = await readStore(socket);
    for (const writer of this.writers) {
      const differs = difference(writer.model, settled);
      if (differs !== undefined) throw new LossError(`${writer.name}, once it had asked again: ${differs}`);
      writer.forgetHistory();
    }
    checkNothingElse(
      this.writers.map(({ model }) => model),
      settled,
    );
    await this.mirror.follow(socket, { until: settled.headPosition });
    this.mirror.check(settled);
    this.mirror.forgetDeliveries();
  }

  readonly #noteAnswer = (): void => {
    if (--this.#awaited.count === 0) this.#awaited.resolve();
  };

  /** Finds out what became of a writer's last operation. */
  async #settle(writer: SessionWriter, stored: StoredStore, calls: SessionCalls): Promise<void> {
    const most = writer.steps.length;
    const count = findState(writer, stored, { least: Math.max(answeredCount(writer), shownCount(writer, this.mirror)), most });
    if (writer.pending === undefined) return;
    const isStored = count === most;
    if (isStored) this.#unknownStored++;
    else this.#unknownAbsent++;
    if (this.#random() < 0.5) await writer.askAgain(calls, changesNothing(writer) ? undefined : isStored);
    else if (isStored) writer.keepPending();
    else writer.forgetPending();
  }
}

/** How many of a writer's steps were answered by a moment: at least so many have to be in a store. */
export function answeredCount(writer: SessionWriter, by = Number.POSITIVE_INFINITY): number {
  const first = writer.steps.findIndex(({ answeredAt }) => answeredAt === undefined || answeredAt > by);
  return first === -1 ? writer.steps.length : first;
}

/** How many of a writer's steps a tail has shown something of by a moment: at least so many have to be in a store. */
export function shownCount(writer: SessionWriter, mirror: Mirror, by = Number.POSITIVE_INFINITY): number {
  const shown = new Set<string>();
  for (const { marks, at } of mirror.deliveries) if (at <= by) for (const mark of marks) shown.add(mark.slice(0, mark.lastIndexOf(".")));
  return writer.steps.findLastIndex(({ requestId }) => shown.has(requestId)) + 1;
}

/** Whether the session is the same with and without the last operation. */
function changesNothing(writer: SessionWriter): boolean {
  const { operation } = writer.pending ?? {};
  return operation?.kind === "truncate" && writer.steps.at(-2)?.model.get(operation.segmentId)?.entries.length === operation.entryCount;
}
