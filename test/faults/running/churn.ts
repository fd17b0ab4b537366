import { setTimeout as delay } from "node:timers/promises";
import { TailEdge } from "../../../gen/seglog/v1/segment_service_pb.js";
import type { SegmentClient } from "../../../src/client/segment-client.js";
import type { Scope } from "../../journeys/load/observer.js";
import type { Random } from "../../journeys/load/random.js";
import { userInput } from "../../support/entries.js";

/** Sessions that are kept; an older one is deleted when another one begins. */
const SESSIONS_MAX = 12;

/** Appends to a session before the next one begins. */
const SESSION_APPENDS = 60;

/** Entries of a segment when it is cut back to half. */
const CUT_AT = 80;

const ENTRY_CHARS_MAX = 16_000;

/** Of so many appends one has a request id: these are kept for a day, and would outgrow what is looked at here. */
const REQUEST_ID_EVERY = 50;

/** What a churn did. */
export interface ChurnCounts {
  appends: number;
  deletions: number;
  cuts: number;
  forks: number;
}

/** Writes sessions, forks and cuts them and deletes the oldest, so that about as much is there at any time. */
export async function churn(client: SegmentClient, random: Random, counts: ChurnCounts, isOver: () => boolean): Promise<void> {
  const sessions: string[] = [];
  while (!isOver()) {
    const { segment } = await client.createSegment({ state: {} });
    if (segment === undefined) throw new Error("a segment was created, and none given");
    const { segmentId, sessionId } = segment;
    sessions.push(sessionId);
    let entryCount = 1;
    for (let i = 0; i < SESSION_APPENDS && !isOver(); i++) {
      const entries = Array.from({ length: 1 + Math.floor(random() * 4) }, () => userInput("x".repeat(random() * ENTRY_CHARS_MAX)));
      await client.append({ segmentId, entries, ...(i % REQUEST_ID_EVERY === 0 && { requestId: `${segmentId}-${i}` }) });
      counts.appends++;
      entryCount += entries.length;
      if (entryCount > CUT_AT) {
        entryCount = CUT_AT / 2;
        await client.truncateSegment({ segmentId, entryCount: BigInt(entryCount) });
        counts.cuts++;
      }
    }
    await client.forkSegment({ segmentId });
    counts.forks++;
    const oldest = sessions.length > SESSIONS_MAX ? sessions.shift() : undefined;
    if (oldest === undefined) continue;
    await client.deleteSession({ sessionId: oldest });
    counts.deletions++;
  }
}

/** Follows a scope from its end until told to leave. */
export async function follow(
  client: SegmentClient,
  { scope, signal, pauseMs }: { readonly scope: Scope; readonly signal: AbortSignal; readonly pauseMs: number },
): Promise<number> {
  let entryCount = 0;
  try {
    for await (const { event } of client.tail({ scope, start: { case: "edge", value: TailEdge.END } }, { signal })) {
      for (const batch of event.case === "entries" ? event.value.batches : []) entryCount += batch.entries.length;
      if (pauseMs > 0) await delay(pauseMs);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return entryCount;
}
