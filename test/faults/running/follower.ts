import { TailEdge } from "../../../gen/seglog/v1/segment_service_pb.js";
import type { SegmentClient } from "../../../src/client/segment-client.js";
import { type PlacedEntry, placed, type Scope } from "../../journeys/load/observer.js";

/** Follows a scope from its beginning, or from a token, until the daemon or the caller ends it, and writes down what it is given. */
export class Follower {
  readonly entries: PlacedEntry[] = [];
  /** Goes on behind the last thing that was given. */
  resumeToken: string | undefined;
  /** Resolves with what ended it. */
  readonly ended: Promise<unknown>;
  readonly #leaving = new AbortController();

  constructor(client: SegmentClient, scope: Scope, resumeToken?: string) {
    this.resumeToken = resumeToken;
    this.ended = this.#follow(client, scope).catch((error: unknown) => error);
  }

  /** Ends it. */
  async leave(): Promise<void> {
    this.#leaving.abort();
    await this.ended;
  }

  async #follow(client: SegmentClient, scope: Scope): Promise<unknown> {
    const start =
      this.resumeToken === undefined
        ? ({ case: "edge", value: TailEdge.BEGINNING } as const)
        : ({ case: "resumeToken", value: this.resumeToken } as const);
    const { signal } = this.#leaving;
    for await (const { event, resumeToken } of client.tail({ scope, start }, { signal })) {
      for (const batch of event.case === "entries" ? event.value.batches : []) {
        for (const entry of batch.entries) this.entries.push(placed(batch.segmentId, entry));
      }
      this.resumeToken = resumeToken;
    }
    return "a clean end";
  }
}
