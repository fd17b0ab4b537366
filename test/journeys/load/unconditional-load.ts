import { SegmentClientError } from "../../../src/client/client-error.js";
import type { SegmentClient } from "../../../src/client/segment-client.js";
import { deferred } from "../../support/deferred.js";
import { userInput } from "../../support/entries.js";

/** What became of one append. */
export interface AppendOutcome {
  /** What its entry says; unique. */
  readonly text: string;
  /** Undefined where it was acknowledged. */
  readonly error: SegmentClientError | undefined;
}

const APPENDS_AT_ONCE = 8;

/** Appends to one segment from many clients, each with several appends in flight, until each has met an error. */
export class UnconditionalLoad {
  readonly #segmentId: string;
  readonly #outcomes: AppendOutcome[] = [];
  readonly #writers: readonly Promise<void>[];
  readonly #enough = deferred<void>();
  readonly #enoughCount: number;

  constructor(clients: readonly SegmentClient[], params: { readonly segmentId: string; readonly enoughCount: number }) {
    this.#segmentId = params.segmentId;
    this.#enoughCount = params.enoughCount;
    this.#writers = clients.flatMap((client, i) =>
      Array.from({ length: APPENDS_AT_ONCE }, (_, lane) => this.#write(client, `${i}:${lane}`)),
    );
  }

  /** Resolves once there have been `enoughCount` outcomes. */
  get enough(): Promise<void> {
    return this.#enough.promise;
  }

  /** All outcomes, once no client goes on. */
  async outcomes(): Promise<readonly AppendOutcome[]> {
    await Promise.all(this.#writers);
    return this.#outcomes;
  }

  async #write(client: SegmentClient, name: string): Promise<void> {
    for (let counter = 0; ; counter++) {
      const text = `${name}:${counter}`;
      const error = await errorOf(client.append({ segmentId: this.#segmentId, entries: [userInput(text)] }));
      this.#outcomes.push({ text, error });
      if (this.#outcomes.length === this.#enoughCount) this.#enough.resolve();
      if (error !== undefined) return;
    }
  }
}

async function errorOf(call: Promise<unknown>): Promise<SegmentClientError | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof SegmentClientError) return error;
    throw error;
  }
}
