import { setImmediate } from "node:timers/promises";
import { filterFrames } from "../model/entry-frames.js";
import type { KindFilter } from "../model/entry-kinds.js";
import { RESPONSE_BYTES } from "../model/limits.js";
import type { FeedEvent, FeedItem, FeedPage, FeedScope } from "../store/feed.js";
import type { EntryRun } from "../store/store-reads.js";
import type { FeedSource } from "./shared-pages.js";
import type { ScopeWatch } from "./tail-hub.js";

/** Where a tail begins. Positions of the store. */
export interface TailStart {
  readonly scope: FeedScope;
  /** Everything up to here is known to the observer. */
  readonly afterPosition: number;
  /** Truncations and deletions are told behind this. */
  readonly eventsAfterPosition: number;
  /** The store's head when the call came: once it is passed, the tail has caught up. */
  readonly headPosition: number;
}

/** What a tail says. Everything in scope up to `position` has been said with it. */
export type TailStep =
  | { readonly type: "entries"; readonly position: number; readonly runs: readonly EntryRun[] }
  | { readonly type: "event"; readonly position: number; readonly event: FeedEvent }
  | { readonly type: "caughtUp"; readonly position: number }
  | { readonly type: "heartbeat"; readonly position: number };

/** How a tail is followed. */
export interface FollowOptions {
  readonly kinds: KindFilter;
  /** After this long without a step comes a heartbeat, in milliseconds. */
  readonly heartbeatMs: number;
  /** Ends the tail. */
  readonly signal: AbortSignal;
}

/** Room for ids, lengths and token beside the entries of one message. In bytes. */
const ENVELOPE_BYTES = 1024;

/**
 * Follows a scope: what is there, then `caughtUp` once, then what comes, without gap or repetition.
 *
 * 1. Note the version of what is waited for, and the head.
 * 2. Read a page on from the position, up to that head; again from 1 where the head is not reached.
 * 3. Wait, if that version still stands. Whatever was committed since 1 has changed it.
 *
 * Ends behind the deletion of its scope, or when the signal aborts. Reads only as fast as it is pulled.
 */
export async function* follow(
  source: FeedSource,
  watch: ScopeWatch,
  start: TailStart,
  options: FollowOptions,
): AsyncGenerator<TailStep, void> {
  const { signal, heartbeatMs } = options;
  let position = start.afterPosition;
  let isCaughtUp = false;
  let silentSinceMs = performance.now();

  while (!signal.aborted) {
    const seen = watch.version;
    const upToPosition = source.headPosition;
    if (position < upToPosition) {
      const page = await source.readFeed({ ...rangeOf(start), afterPosition: position, upToPosition });
      for (const step of stepsOf(page, options.kinds)) {
        yield step;
        silentSinceMs = performance.now();
        if (step.type === "event" && endsTail(step.event, start.scope)) return;
      }
      position = page.position;
    }

    if (!isCaughtUp && position >= start.headPosition) {
      isCaughtUp = true;
      yield { type: "caughtUp", position };
      silentSinceMs = performance.now();
    }
    const silentMs = performance.now() - silentSinceMs;
    if (silentMs >= heartbeatMs) {
      yield { type: "heartbeat", position };
      silentSinceMs = performance.now();
    } else if (position >= upToPosition) {
      await watch.changedFrom(seen, { signal, timeoutMs: heartbeatMs - silentMs });
    } else {
      await setImmediate(); // where kinds leave little to send, nothing else would let others in between pages
    }
  }
}

/** Whether an event says that a scope is gone. */
export function endsTail(event: FeedEvent, scope: FeedScope): boolean {
  if (!("sessionId" in scope)) return false;
  if (event.type === "sessionDeleted") return event.sessionId === scope.sessionId;
  return event.type === "segmentDeleted" && scope.type === "segment" && event.segmentId === scope.segmentId;
}

function rangeOf({ scope, eventsAfterPosition }: TailStart) {
  return { scope, eventsAfterPosition, bytesMax: RESPONSE_BYTES - ENVELOPE_BYTES };
}

/** The steps of pages that several tails read, for those that want every kind. */
const stepsOfPages = new WeakMap<FeedPage, readonly TailStep[]>();

/** The same steps for all who read a page and want every kind, so that each is made into a message once. */
function stepsOf(page: FeedPage, kinds: KindFilter): readonly TailStep[] {
  if (kinds !== undefined) return makeSteps(page, kinds);
  const steps = stepsOfPages.get(page) ?? makeSteps(page, kinds);
  stepsOfPages.set(page, steps);
  return steps;
}

/**
 * A page as messages: entries that follow each other together, each event by itself. Entries that come last cover
 * the page to its end; an event keeps the position that is its own.
 */
function makeSteps(page: FeedPage, kinds: KindFilter): readonly TailStep[] {
  const steps: TailStep[] = [];
  let runs: EntryRun[] = [];
  const endRuns = () => {
    const last = runs.at(-1);
    if (last !== undefined) steps.push({ type: "entries", position: last.firstPosition + last.count - 1, runs });
    runs = [];
  };
  for (const item of page.items) {
    if (item.type !== "entries") {
      endRuns();
      steps.push({ type: "event", position: item.position, event: item });
      continue;
    }
    const run = passing(item, kinds);
    if (run.frames.length > 0) runs.push(run);
  }
  endRuns();
  return steps.map((step, i) => (step.type === "entries" && i === steps.length - 1 ? { ...step, position: page.position } : step));
}

function passing(run: Extract<FeedItem, { readonly type: "entries" }>, kinds: KindFilter): EntryRun {
  return kinds === undefined ? run : { ...run, frames: filterFrames(run.frames, kinds) };
}
