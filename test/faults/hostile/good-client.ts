import { setMaxListeners } from "node:events";
import { createSegmentClient, type SegmentClient } from "../../../src/client/segment-client.js";
import { userInput } from "../../support/entries.js";
import { ONE_TRY } from "../../support/one-try.js";

/** How it went for a client that does nothing wrong. */
export interface GoodFigures {
  readonly appends: number;
  readonly p99Ms: number;
  readonly worstMs: number;
  /** Appends without an answer, by what was answered. */
  readonly failures: readonly string[];
}

/** A client on a connection of its own that appends one entry after the other, with tails that follow. */
export class GoodClient {
  readonly #client: SegmentClient;
  readonly #segmentId: string;
  readonly #tailing: Promise<void>[] = [];
  readonly #leaving = new AbortController();
  readonly #seen: number[] = [];
  #appended = 0;

  private constructor(client: SegmentClient, segmentId: string, tails: number) {
    this.#client = client;
    this.#segmentId = segmentId;
    setMaxListeners(0, this.#leaving.signal); // each tail listens to it
    for (let i = 0; i < tails; i++) this.#tailing.push(this.#follow(i).catch(() => {})); // what it lacks is told in the end
  }

  static async start(socket: string, tails: number): Promise<GoodClient> {
    const client = createSegmentClient({ socket }, ONE_TRY);
    const { segment } = await client.createSegment({});
    return new GoodClient(client, segment?.segmentId ?? "", tails);
  }

  /** Appends until it is told that it is over. */
  async appendUntil(over: Promise<unknown>): Promise<GoodFigures> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    over.then(end, end);
    const tookMs: number[] = [];
    const failures: string[] = [];
    do {
      const startMs = performance.now();
      try {
        await this.#client.append({ segmentId: this.#segmentId, entries: [userInput("x".repeat(500))] }, { deadlineMs: 20_000 });
        this.#appended++;
      } catch (error) {
        if (failures.length < 5) failures.push(String(error));
      }
      tookMs.push(performance.now() - startMs);
    } while (!isOver);
    tookMs.sort((a, b) => a - b);
    return { appends: tookMs.length, p99Ms: tookMs[Math.ceil(tookMs.length * 0.99) - 1] ?? 0, worstMs: tookMs.at(-1) ?? 0, failures };
  }

  /** Waits until each tail has all that was appended, and leaves. The findings are what they lack. */
  async leave(): Promise<readonly string[]> {
    const endMs = performance.now() + 5000;
    while (this.#seen.some((count) => count < this.#appended) && performance.now() < endMs)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const late = this.#seen.filter((count) => count !== this.#appended);
    this.#leaving.abort();
    await Promise.allSettled(this.#tailing);
    this.#client.close();
    return late.length === 0 ? [] : [`${late.length} tails of the good client have ${late[0]} of ${this.#appended} entries`];
  }

  async #follow(i: number): Promise<void> {
    this.#seen[i] = 0;
    const request = { scope: { case: "segmentId", value: this.#segmentId }, start: { case: "afterPosition", value: 0n } } as const;
    for await (const { event } of this.#client.tail(request, { signal: this.#leaving.signal })) {
      if (event.case !== "entries") continue;
      const entries = event.value.batches.flatMap((batch) => batch.entries).filter(({ kind }) => kind.case === "userInput");
      this.#seen[i] = (this.#seen[i] ?? 0) + entries.length;
    }
  }
}
