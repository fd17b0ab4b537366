import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { openGate } from "../../src/access/gate.js";
import { createSegmentClient, type SegmentClient } from "../../src/client/segment-client.js";
import { DEFAULT_LIMITS, type Limits } from "../../src/model/limits.js";
import type { ServiceDeps } from "../../src/service/deps.js";
import { KeptStates } from "../../src/service/kept-states.js";
import { segmentService } from "../../src/service/segment-service.js";
import type { SegmentStore } from "../../src/store/segment-store.js";
import { SharedPages } from "../../src/tail/shared-pages.js";
import { TailHub } from "../../src/tail/tail-hub.js";
import { startGrpcServer } from "../../src/transport/grpc-server.js";
import { servedService } from "../../src/transport/served-service.js";
import { newId } from "./a-segment.js";
import { ONE_TRY } from "./one-try.js";
import { temporaryFolder } from "./temporary-folder.js";

/** The service over a store of the test's own, on a real socket, with a client. */
export interface ServedStore {
  readonly client: SegmentClient;
  readonly socket: string;
  readonly tails: TailHub;
  /** What nobody foresaw. */
  readonly unexpected: unknown[];
}

/** Serves a store until the test is finished; the store stays open. */
export async function serveStore(store: SegmentStore, limits: Partial<Limits> = {}): Promise<ServedStore> {
  const socket = join(temporaryFolder(), "s.sock");
  const listener = createServer().listen(socket);
  await once(listener, "listening");
  const allLimits = { ...DEFAULT_LIMITS, ...limits };
  const tails = new TailHub(store, allLimits);
  const stopping = new AbortController();
  const unexpected: unknown[] = [];
  const deps: ServiceDeps = {
    store,
    tails,
    feed: new SharedPages(store),
    keptStates: new KeptStates(store, allLimits),
    limits: allLimits,
    newId,
    nowMs: Date.now,
    version: "0.0.0",
    startMs: 0,
    stopping: stopping.signal,
  };
  const server = startGrpcServer({
    entrances: [{ listener, gateOf: () => openGate("admin") }],
    services: [servedService(SegmentService, { handlers: segmentService, deps })],
    limits: allLimits,
    onUnexpected: (error) => unexpected.push(error),
  });
  const client = createSegmentClient({ socket }, ONE_TRY);
  onTestFinished(async () => {
    client.close();
    await server.close();
    tails.close();
  });
  return { client, socket, tails, unexpected };
}

/** A store that does some things otherwise. */
export function altered(store: SegmentStore, otherwise: Partial<SegmentStore>): SegmentStore {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(otherwise, name) ?? Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
