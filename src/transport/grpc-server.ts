import type { Server as Listener } from "node:net";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import type { Limits } from "../model/limits.js";
import { CallRouter } from "./call-router.js";
import { Connections, type ConnectionsOptions } from "./connections.js";
import type { HandlerTable } from "./handler-table.js";
import { HealthService } from "./health-service.js";
import { MemoryWatch, type ProcessMemory } from "./memory-watch.js";
import { OpenCalls } from "./open-calls.js";
import { ReflectionService } from "./reflection-service.js";
import { segmentMethods } from "./served-method.js";

/** How long a connection whose calls have ended is waited for when draining, in milliseconds. */
const CONNECTION_END_MS_MAX = 500;

/** What a server is made of. */
export interface GrpcServerOptions<Deps> {
  /** Where connections come from: listening, or about to. The server takes it over and closes it. */
  readonly listener: Listener;
  /** What answers; a method without a handler is UNIMPLEMENTED. */
  readonly handlers: Partial<HandlerTable<Deps>>;
  /** Handed to every handler. */
  readonly deps: Deps;
  /** Lets each call in, by its method's name, or throws what answers it; lets all in where unset. */
  readonly admit?: (deps: Deps, method: string) => void;
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

/** SegmentService, health and reflection on a listener. */
export interface GrpcServer {
  /** Calls of SegmentService that are being answered. */
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
export function startGrpcServer<Deps>(options: GrpcServerOptions<Deps>): GrpcServer {
  const { listener, handlers, deps, admit, limits, onUnexpected } = options;
  const openCalls = new OpenCalls();
  const health = new HealthService(options.isServing ?? true);
  const reflection = new ReflectionService();
  const router = new CallRouter();
  const memory = new MemoryWatch(limits.memoryBytesMax, options.memory);
  const rules = { ...limits, onUnexpected };
  const admitAll = (to: Deps, method: string) => {
    admit?.(to, method);
    if (method !== SegmentService.method.getStatus.name) memory.check();
  };
  router.add(segmentMethods(handlers), { ...rules, deps, admit: admitAll, openCalls });
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
