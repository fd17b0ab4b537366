import { SegmentClientError } from "../../../src/client/client-error.js";
import { createSegmentClient, type SegmentClient } from "../../../src/client/segment-client.js";
import { ONE_TRY } from "../../support/one-try.js";

/** Resolves once the daemon can be called again; undefined where it is not supposed to go away. */
export type Serving = (() => Promise<void>) | undefined;

/** One client's connection to a daemon that may go away and come back. */
export class Connection {
  readonly #socket: string;
  readonly #serving: Serving;
  #client: SegmentClient;
  #isClosed = false;

  constructor(socket: string, serving: Serving) {
    this.#socket = socket;
    this.#serving = serving;
    this.#client = createSegmentClient({ socket }, ONE_TRY);
  }

  /** The client of now; another one after `reconnect`. */
  get client(): SegmentClient {
    return this.#client;
  }

  /**
   * Connects anew after a call that was cut off.
   *
   * @throws the call's error where it says more than that the daemon went away, or the daemon was not to
   */
  async reconnect(error: unknown): Promise<void> {
    if (this.#serving === undefined || this.#isClosed || !isCutOff(error)) throw error;
    this.#client.close();
    await this.#serving();
    if (this.#isClosed) throw error;
    this.#client = createSegmentClient({ socket: this.#socket }, ONE_TRY);
  }

  /** Calls what only reads, as often as it takes. */
  async read<T>(call: (client: SegmentClient) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await call(this.#client);
      } catch (error) {
        await this.reconnect(error);
      }
    }
  }

  /** Ends what is open; nothing connects anew after it. */
  close(): void {
    this.#isClosed = true;
    this.#client.close();
  }
}

/** The connection failed, and the service said nothing: what became of the call, nobody knows. */
function isCutOff(error: unknown): boolean {
  return error instanceof SegmentClientError && error.reason === undefined && error.codeName === "UNAVAILABLE";
}
