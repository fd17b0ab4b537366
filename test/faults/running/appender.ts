import { setTimeout as delay } from "node:timers/promises";
import { SegmentClientError } from "../../../src/client/client-error.js";
import { createSegmentClient, type SegmentClient } from "../../../src/client/segment-client.js";
import { userInput } from "../../support/entries.js";
import { ONE_TRY } from "../../support/one-try.js";

/** After a refusal a lane tries again after so long, in milliseconds. */
const REFUSED_PAUSE_MS = 5;

/** What a writer was told of one append. */
export type Told =
  | { readonly state: "acknowledged"; readonly index: number; readonly position: number }
  | { readonly state: "refused"; readonly reason: string }
  | { readonly state: "unknown"; readonly error: SegmentClientError };

/** One append of one entry. */
export interface Attempt {
  /** What the entry says: unique, but for what makes it long. */
  readonly text: string;
  readonly told: Told;
}

/** How a load is put on. */
export interface AppenderOptions {
  readonly socket: string;
  readonly segmentId: string;
  /** Begins the texts: unique among the loads on a segment. */
  readonly name: string;
  readonly clients?: number;
  /** Appends that each client has under way at once. */
  readonly lanes?: number;
  /** Length of each entry's text, in characters; about 10 where unset. */
  readonly chars?: number;
  /** Ends each lane after so many appends. */
  readonly attemptsMax?: number;
  /** Deadline of each append, in milliseconds. */
  readonly deadlineMs?: number;
  /** Whether a lane goes on after an answer that refuses; none goes on after an outcome that nobody knows. */
  readonly goesOnRefused?: boolean;
}

/** Appends single entries to one segment from many lanes, and writes down what it is told of each. */
export class Appender {
  readonly attempts: Attempt[] = [];
  readonly #options: AppenderOptions;
  readonly #clients: readonly SegmentClient[];
  readonly #lanes: Promise<unknown>;
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  #acknowledgedCount = 0;
  #isLeaving = false;

  constructor(options: AppenderOptions) {
    this.#options = options;
    this.#clients = Array.from({ length: options.clients ?? 2 }, () => createSegmentClient({ socket: options.socket }, ONE_TRY));
    const lanes = this.#clients.flatMap((client, i) =>
      Array.from({ length: options.lanes ?? 4 }, (_, lane) => this.#append(client, `${options.name}:${i}:${lane}`)),
    );
    this.#lanes = Promise.all(lanes);
  }

  /** How many appends were acknowledged so far. */
  get acknowledgedCount(): number {
    return this.#acknowledgedCount;
  }

  /** Whether an append was refused for a reason, from the `from`-th attempt on. */
  wasRefused(reason: string, from: number): boolean {
    return this.attempts.slice(from).some(({ told }) => told.state === "refused" && told.reason === reason);
  }

  /** Resolves once so many were acknowledged, or no lane goes on. */
  async acknowledged(count: number): Promise<void> {
    if (this.#acknowledgedCount >= count) return;
    await Promise.race([new Promise<void>((resolve) => this.#waiting.push({ count, resolve })), this.#lanes]);
  }

  /** All that was attempted, once no lane goes on by itself. */
  async finished(): Promise<readonly Attempt[]> {
    await this.#lanes;
    for (const client of this.#clients) client.close();
    return this.attempts;
  }

  /** Has each lane end with the append that is under way. */
  leave(): Promise<readonly Attempt[]> {
    this.#isLeaving = true;
    return this.finished();
  }

  async #append(client: SegmentClient, name: string): Promise<void> {
    const { attemptsMax = Number.POSITIVE_INFINITY, chars = 0, goesOnRefused = false } = this.#options;
    for (let counter = 0; counter < attemptsMax && !this.#isLeaving; counter++) {
      const text = `${name}:${counter} `.padEnd(chars, "x");
      const told = await this.#tell(client, text);
      this.attempts.push({ text, told });
      if (told.state === "acknowledged") this.#count();
      else if (told.state === "unknown" || !goesOnRefused) return;
      else await delay(REFUSED_PAUSE_MS);
    }
  }

  async #tell(client: SegmentClient, text: string): Promise<Told> {
    const { segmentId, deadlineMs } = this.#options;
    try {
      const answer = await client.append({ segmentId, entries: [userInput(text)] }, deadlineMs === undefined ? {} : { deadlineMs });
      return { state: "acknowledged", index: Number(answer.firstIndex), position: Number(answer.headPosition) };
    } catch (error) {
      if (!(error instanceof SegmentClientError)) throw error;
      return error.reason === undefined ? { state: "unknown", error } : { state: "refused", reason: error.reason };
    }
  }

  #count(): void {
    this.#acknowledgedCount++;
    for (const { count, resolve } of this.#waiting) if (this.#acknowledgedCount >= count) resolve();
  }
}
