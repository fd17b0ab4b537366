import type { Entry } from "../../../gen/seglog/v1/entry_pb.js";
import type { TailRequest } from "../../../gen/seglog/v1/segment_service_pb.js";
import { TailEdge } from "../../../gen/seglog/v1/segment_service_pb.js";
import type { Connection } from "./connection.js";

/** An entry where it is. */
export interface PlacedEntry {
  readonly segmentId: string;
  readonly index: number;
  readonly position: number;
  /** What a unit's entry says; undefined for an opening entry. */
  readonly text: string | undefined;
}

/** What an observer follows. */
export type Scope =
  | Extract<TailRequest["scope"], { readonly case: "segmentId" | "sessionId" }>
  | { readonly case: "store"; readonly value: object };

/** Follows a scope from its beginning, across every end of the daemon, and writes down what it is given. */
export class Observer {
  readonly #connection: Connection;
  readonly #scope: Scope;
  readonly #leaving = new AbortController();
  readonly #entries: PlacedEntry[] = [];
  readonly #done: Promise<void>;
  #resumeToken: string | undefined;
  #position = 0;
  #lastPosition = Number.POSITIVE_INFINITY;
  #resumeCount = 0;

  constructor(connection: Connection, scope: Scope) {
    this.#connection = connection;
    this.#scope = scope;
    this.#done = this.#follow();
    this.#done.catch(() => undefined); // `until` throws it
  }

  /** How often it resumed with a token. */
  get resumeCount(): number {
    return this.#resumeCount;
  }

  /** Everything that it was given, in that order, once it has been told of all up to a position. */
  async until(position: number): Promise<readonly PlacedEntry[]> {
    this.#lastPosition = position;
    if (this.#position >= position) this.#leaving.abort();
    await this.#done;
    return this.#entries;
  }

  async #follow(): Promise<void> {
    while (!this.#isThrough()) {
      try {
        await this.#followOnce();
      } catch (error) {
        if (this.#leaving.signal.aborted) return;
        await this.#connection.reconnect(error);
        if (this.#resumeToken !== undefined) this.#resumeCount++;
      }
    }
  }

  async #followOnce(): Promise<void> {
    const start =
      this.#resumeToken === undefined
        ? ({ case: "edge", value: TailEdge.BEGINNING } as const)
        : ({ case: "resumeToken", value: this.#resumeToken } as const);
    const { signal } = this.#leaving;
    const request = { scope: this.#scope, start, heartbeatInterval: { seconds: 1n } };
    for await (const { event, resumeToken, position } of this.#connection.client.tail(request, { signal })) {
      for (const batch of event.case === "entries" ? event.value.batches : []) {
        this.#entries.push(...batch.entries.map((entry) => placed(batch.segmentId, entry)));
      }
      this.#resumeToken = resumeToken;
      this.#position = Number(position);
      if (this.#isThrough()) return;
    }
    throw new Error("a tail ended well, though nothing was deleted");
  }

  #isThrough(): boolean {
    return this.#position >= this.#lastPosition;
  }
}

/** An entry of a segment, and where it is. */
export function placed(segmentId: string, { index, position, kind }: Entry): PlacedEntry {
  const piece = kind.case === "userInput" ? kind.value.pieces[0]?.kind : undefined;
  return { segmentId, index: Number(index), position: Number(position), text: piece?.case === "text" ? piece.value : undefined };
}
