import { SegmentClientError } from "../../client/client-error.js";
import { segmentsOf } from "../lists.js";
import type { ClientContext } from "../with-client.js";

/** What takes from a daemon's store. What others are based on goes with those, the newest first. */
export class DaemonRemovals {
  readonly #context: ClientContext;

  constructor(context: ClientContext) {
    this.#context = context;
  }

  /** Cuts a segment back to its first entries, or deletes it where these would not be a segment; gives what went besides. */
  async cut(segmentId: string, entryCount: bigint): Promise<readonly string[]> {
    const { client, signal } = this.#context;
    if (entryCount === 0n) return this.deleteSegment(segmentId);
    const removed: string[] = [];
    try {
      await this.#withoutDependents({ segmentId, entryCount }, removed, () =>
        client.truncateSegment({ segmentId, entryCount }, { signal }),
      );
    } catch (error) {
      if (isRefusal(error, "SEGMENT_NOT_FOUND")) return removed;
      // Within the opening: a segment that has no whole one is none.
      if (!isRefusal(error, "INVALID_FIELD")) throw error;
      removed.push(...(await this.deleteSegment(segmentId)));
    }
    return removed;
  }

  /** Deletes a segment where it is there; gives what went besides. */
  async deleteSegment(segmentId: string): Promise<readonly string[]> {
    const { client, signal } = this.#context;
    const removed: string[] = [];
    const wanted = { segmentId, entryCount: 0n };
    await this.#withoutDependents(wanted, removed, () => client.deleteSegment({ segmentId }, { signal })).catch((error: unknown) => {
      if (!isRefusal(error, "SEGMENT_NOT_FOUND")) throw error;
    });
    return removed;
  }

  /** Deletes a session with all its segments, where it is there. */
  async deleteSession(sessionId: string): Promise<void> {
    const { client, signal } = this.#context;
    await client.deleteSession({ sessionId }, { signal }).catch((error: unknown) => {
      if (!isRefusal(error, "SESSION_NOT_FOUND")) throw error;
    });
  }

  /** Removes something of a segment, and before it the segments that are based on what goes. */
  async #withoutDependents(prefix: Prefix, removed: string[], remove: () => Promise<unknown>): Promise<void> {
    try {
      await remove();
    } catch (error) {
      if (!isRefusal(error, "HAS_DEPENDENTS")) throw error;
      for (const dependent of await this.#dependentsBehind(prefix)) {
        removed.push(...(await this.deleteSegment(dependent)), dependent);
      }
      await remove();
    }
  }

  async #dependentsBehind({ segmentId, entryCount }: Prefix): Promise<readonly string[]> {
    const { client, signal } = this.#context;
    const { segment } = await client.getSegment({ segmentId }, { signal });
    const dependents: string[] = [];
    for await (const { segmentId: dependent, base } of segmentsOf(this.#context, segment?.sessionId ?? "")) {
      if (base?.segmentId === segmentId && base.entryCount > entryCount) dependents.push(dependent);
    }
    return dependents;
  }
}

/** What stays of a segment. */
interface Prefix {
  readonly segmentId: string;
  readonly entryCount: bigint;
}

function isRefusal(error: unknown, reason: string): error is SegmentClientError {
  return error instanceof SegmentClientError && error.reason === reason;
}
