import { join } from "node:path";
import { monotonicFactory } from "ulid";
import { onTestFinished } from "vitest";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { DEFAULT_LIMITS } from "../../src/model/limits.js";
import type { ServiceDeps } from "../../src/service/deps.js";
import { KeptStates } from "../../src/service/kept-states.js";
import { segmentService } from "../../src/service/segment-service.js";
import { openLmdbStore } from "../../src/store/lmdb/open-lmdb-store.js";
import type { SegmentStore } from "../../src/store/segment-store.js";
import { SharedPages } from "../../src/tail/shared-pages.js";
import { TailHub } from "../../src/tail/tail-hub.js";
import { type FakeHandlers, serveHandlers } from "./serve-handlers.js";
import { temporaryFolder } from "./temporary-folder.js";

/** The service on a real store, where a test can step between two calls of the store. */
export interface InterposedService {
  readonly client: SegmentClient;
  /** Does something once, ahead of the call of a method of the store that is the `nth` from now, counted from 1. */
  before(method: keyof SegmentStore, nth: number, action: () => Promise<unknown>): void;
}

/** Serves the real service until the test is finished. */
export async function interposedService(): Promise<InterposedService> {
  const newId = monotonicFactory();
  const opened = await openLmdbStore({ dir: join(temporaryFolder(), "data"), newId, mapBytes: 2 ** 34, limits: DEFAULT_LIMITS });
  onTestFinished(() => opened.close());
  const planned = new Map<PropertyKey, { left: number; readonly action: () => Promise<unknown> }>();
  const stepIn = async (method: PropertyKey) => {
    const plan = planned.get(method);
    if (plan === undefined || --plan.left > 0) return;
    planned.delete(method); // first, for the action uses the store too
    await plan.action();
  };
  const store = new Proxy(opened, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target); // on the store itself: its fields are private
      if (typeof member !== "function") return member;
      if (!planned.has(name)) return member.bind(target);
      return async (...args: unknown[]) => {
        await stepIn(name);
        return member.apply(target, args);
      };
    },
  });
  const deps: ServiceDeps = {
    store,
    tails: new TailHub(store, DEFAULT_LIMITS),
    feed: new SharedPages(store),
    keptStates: new KeptStates(store, DEFAULT_LIMITS),
    limits: DEFAULT_LIMITS,
    newId: () => newId(),
    nowMs: Date.now,
    version: "0.0.0",
    startMs: Date.now(),
    stopping: new AbortController().signal,
  };
  // Each handler stays what it was but for its dependencies, which the compiler cannot follow through the entries.
  const handlers = Object.fromEntries(
    Object.entries(segmentService).map(([name, handle]) => [
      name,
      (_: undefined, request: never, call: never) =>
        (handle as (deps: ServiceDeps, request: never, call: never) => unknown)(deps, request, call),
    ]),
  ) as FakeHandlers;
  const { client } = await serveHandlers(handlers);
  return { client, before: (method, nth, action) => void planned.set(method, { left: nth, action }) };
}
