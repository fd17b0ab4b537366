import { SegmentClientError } from "../../../../src/client/client-error.js";
import { createSegmentClient, type SegmentClient } from "../../../../src/client/segment-client.js";
import { ONE_TRY } from "../../../support/one-try.js";
import type { Answer, Outcome } from "../history.js";

/** A call that takes longer than this has hung, in milliseconds. */
export const CALL_MS_MAX = 60_000;

/** One client's connection, through which answers may get lost. */
export class Caller {
  readonly #socket: string;
  readonly #serving: () => Promise<void>;
  #client: SegmentClient;

  /** @param serving resolves once the daemon can be called */
  constructor(socket: string, serving: () => Promise<void>) {
    this.#socket = socket;
    this.#serving = serving;
    this.#client = createSegmentClient({ socket }, ONE_TRY);
  }

  /** The client of now. */
  get client(): SegmentClient {
    return this.#client;
  }

  /** Connects anew once the daemon serves. */
  async renew(): Promise<void> {
    this.#client.close();
    await this.#serving();
    this.#client = createSegmentClient({ socket: this.#socket }, ONE_TRY);
  }

  close(): void {
    this.#client.close();
  }
}

/** What became of a write. */
export async function outcomeOf(call: Promise<Answer>): Promise<Outcome> {
  try {
    return { type: "ok", answer: await call };
  } catch (error) {
    return outcomeOfError(error);
  }
}

/**
 * What an error says of a write: refused, where the service gives its reason; else nobody knows.
 *
 * @throws what is no error of a call, and a call that has hung
 */
export function outcomeOfError(error: unknown): Outcome {
  if (!(error instanceof SegmentClientError) || error.codeName === "DEADLINE_EXCEEDED") throw error;
  if (error.reason === undefined) return { type: "unknown" };
  if (error.reason === "INVALID_FIELD" || error.reason === "REQUEST_ID_REUSED") throw error;
  return refusal(error.reason, error.metadata);
}

/** A refusal, with the head where it tells one. */
export function refusal(reason: string, metadata: Readonly<Record<string, string>>): Outcome {
  const { entry_count: entryCount, head_position: headPosition } = metadata;
  const isTold = reason === "HEAD_MISMATCH" && entryCount !== undefined && headPosition !== undefined;
  return { type: "fail", reason, ...(isTold && { head: { entryCount: Number(entryCount), headPosition: Number(headPosition) } }) };
}
