import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { SegmentClient } from "../../src/client/segment-client.js";
import type { Caller } from "../../src/model/caller.js";
import { DEFAULT_LIMITS } from "../../src/model/limits.js";
import { NO_QUOTAS } from "../../src/model/namespace-quota.js";
import type { ServiceDeps } from "../../src/service/deps.js";
import type { CallContext } from "../../src/service/handlers.js";
import { KeptStates } from "../../src/service/kept-states.js";
import { segmentService } from "../../src/service/segment-service.js";
import { openLmdbStore } from "../../src/store/lmdb/open-lmdb-store.js";
import { SharedPages } from "../../src/tail/shared-pages.js";
import { TailHub } from "../../src/tail/tail-hub.js";
import { newId } from "./a-segment.js";
import { type FakeHandlers, serveHandlers } from "./serve-handlers.js";
import { temporaryFolder } from "./temporary-folder.js";

/** The service on one store, with a client for each caller, until the test is finished. */
export async function serveCallers<Name extends string>(
  callers: Readonly<Record<Name, Pick<Caller, "namespace" | "seesAll">>>,
  quotas = NO_QUOTAS,
): Promise<Readonly<Record<Name, SegmentClient>>> {
  const store = await openLmdbStore({ dir: join(temporaryFolder(), "data"), newId, mapBytes: 2 ** 34, quotas });
  onTestFinished(() => store.close());
  const deps: ServiceDeps = {
    store,
    tails: new TailHub(store, DEFAULT_LIMITS, quotas),
    feed: new SharedPages(store),
    keptStates: new KeptStates(store, DEFAULT_LIMITS),
    limits: DEFAULT_LIMITS,
    quotas,
    newId,
    nowMs: Date.now,
    version: "0.0.0",
    startMs: 0,
    stopping: new AbortController().signal,
  };
  const clients: [string, SegmentClient][] = [];
  for (const [name, sight] of Object.entries<Pick<Caller, "namespace" | "seesAll">>(callers)) {
    const { client } = await serveHandlers(handlersFor(deps, { role: "admin", ...sight }));
    clients.push([name, client]);
  }
  return Object.fromEntries(clients) as Record<Name, SegmentClient>; // one for each of them
}

/** Each handler stays what it was but for its dependencies and its caller, which the compiler cannot follow through the entries. */
function handlersFor(deps: ServiceDeps, caller: Caller): FakeHandlers {
  type AnyHandler = (deps: ServiceDeps, request: never, call: CallContext) => unknown;
  const handlers = Object.entries(segmentService).map(([name, handle]) => [
    name,
    (_: undefined, request: never, call: CallContext) => (handle as AnyHandler)(deps, request, callOf(caller, call)),
  ]);
  return Object.fromEntries(handlers) as FakeHandlers;
}

function callOf(caller: Caller, call: CallContext): CallContext {
  return {
    caller,
    connection: call.connection,
    get signal() {
      return call.signal;
    },
  };
}
