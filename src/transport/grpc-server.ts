import type { Server as Listener } from "node:net";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import type { Limits } from "../model/limits.js";
import { CallRouter } from "./call-router.js";
import { Connections, type ConnectionsOptions } from "./connections.js";
import { HealthService } from "./health-service.js";
import { MemoryWatch, type ProcessMemory } from "./memory-watch.js";
import { OpenCalls } from "./open-calls.js";
import { ReflectionService } from "./reflection-service.js";
import type { ServedService } from "./served-service.js";

/** How long a connection whose calls have ended is waited for when draining, in milliseconds. */
const CONNECTION_END_MS_MAX = 500;

/** What a server is made of. */
export interface GrpcServerOptions {
  /** Where connections come from: listening, or about to. The server takes it over and closes it. */
  readonly listener: Listener;
  /** What is served, beside health and reflection. */
  readonly services: readonly ServedService[];
  /** Bounds of requests, connections and patience. */
  readonly limits: Limits;
  /** Tells what memory the process uses; nothing is refused for want of it where unset. */
  readonly memory?: ProcessMemory;
  /** Tells users apart, and how many connections each may have. */
  readonly users?: NonNullable<ConnectionsOptions["users"]>;
  /** What health checks are told at first; true where unset. */
  readonly isServing?: boolean;
  /** Is told of errors that nobody foresaw, which callers see as INTERNAL. Must not throw. */
  readonly onUnexpected: (error: unknown, method: string) => void;
}

/** Services of the contract, health and reflection on a listener. */
export interface GrpcServer {
  /** Calls of the contract's services that are being answered. */
  readonly openCallCount: number;
  /** What health checks are told. */
  setServing(isServing: boolean): void;
  /**
   * Takes no more connections and calls, and tells health checks so. Resolves when every call is answered and its
   * connection closed; a client that keeps its end open after that is not waited for.
   */
  drain(): Promise<void>;
  /** Drops whatever is open; resolves when it is gone. */
  close(): Promise<void>;
}

/** Serves the contract over gRPC. */
export function startGrpcServer(options: GrpcServerOptions): GrpcServer {
  const { listener, services, limits, onUnexpected } = options;
  const descriptors = services.map(({ descriptor }) => descriptor);
  const openCalls = new OpenCalls();
  const health = new HealthService(descriptors, options.isServing ?? true);
  const reflection = new ReflectionService(descriptors);
  const router = new CallRouter();
  const memory = new MemoryWatch(limits.memoryBytesMax, options.memory);
  const rules = { ...limits, onUnexpected };
  const admit = (method: string) => {
    if (method !== SegmentService.method.getStatus.name) memory.check();
  };
  for (const service of services) service.addTo(router, { ...rules, admit, openCalls });
  for (const service of [health, reflection]) router.add(service.methods(), { ...rules, deps: undefined, openCalls: new OpenCalls() });

  listener.on("error", (error) => {
    if (listener.listening) onUnexpected(error, "accept"); // before that it is for whoever asked it to listen
  });
  const connections = new Connections(listener, {
    limits,
    route: (stream, headers, connection) => router.route(stream, headers, connection),
    isMemoryShort: () => memory.look(),
    ...(options.users && { users: options.users }),
  });

  return {
    get openCallCount() {
      return openCalls.count;
    },
    setServing: (isServing) => health.setServing(isServing),
    async drain() {
      health.drain();
      reflection.drain();
      connections.drain();
      await openCalls.none();
      await connections.none(CONNECTION_END_MS_MAX);
    },
    async close() {
      health.drain();
      reflection.drain();
      connections.stopAccepting();
      await connections.destroy();
    },
  };
}
