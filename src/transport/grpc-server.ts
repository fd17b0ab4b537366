import type { Server as Listener, Socket } from "node:net";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import type { Gate } from "../access/gate.js";
import type { Caller } from "../model/caller.js";
import type { Limits } from "../model/limits.js";
import { CallRouter } from "./call-router.js";
import { Connections, type ConnectionsOptions } from "./connections.js";
import type { AdminHandlerTable, HandlerTable } from "./handler-table.js";
import { HealthService } from "./health-service.js";
import { MemoryWatch, type ProcessMemory } from "./memory-watch.js";
import { OpenCalls } from "./open-calls.js";
import { ReflectionService } from "./reflection-service.js";
import { adminMethods, segmentMethods } from "./served-method.js";

/** How long a connection whose calls have ended is waited for when draining, in milliseconds. */
const CONNECTION_END_MS_MAX = 500;

/** A way in to a server. */
export interface Entrance {
  /** Where connections come from: listening, or about to. The server takes it over and closes it. */
  readonly listener: Listener;
  /** The gate of a connection that has just come. Must not throw. */
  readonly gateOf: (socket: Socket) => Gate;
}

/** What a server is made of. */
export interface GrpcServerOptions<Deps> {
  readonly entrances: readonly Entrance[];
  /** What answers; a method without a handler is UNIMPLEMENTED. */
  readonly handlers: Partial<HandlerTable<Deps>>;
  /** The same for AdminService. */
  readonly adminHandlers?: Partial<AdminHandlerTable<Deps>>;
  /** Handed to every handler. */
  readonly deps: Deps;
  /** Lets a caller call a method, by its path, or throws what answers the call; lets all where unset. */
  readonly authorize?: (path: string, caller: Caller) => void;
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

/** SegmentService, AdminService, health and reflection on all entrances. Health and reflection ask nobody who they are. */
export interface GrpcServer {
  /** Calls of SegmentService and AdminService that are being answered. */
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
  const { entrances, handlers, adminHandlers = {}, deps, authorize = allowAll, admit, limits, onUnexpected } = options;
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
  router.add(segmentMethods(handlers), { ...rules, deps, authorize, admit: admitAll, openCalls });
  // Operators are let in though memory is short: they may be the ones to end what uses it.
  router.add(adminMethods(adminHandlers), { ...rules, deps, authorize, admit, openCalls });
  for (const service of [health, reflection]) router.add(service.methods(), { ...rules, deps: undefined, openCalls: new OpenCalls() });

  const connections = new Connections({
    limits,
    route: (stream, headers, connection) => router.route(stream, headers, connection),
    isMemoryShort: () => memory.look(),
    ...(options.users && { users: options.users }),
  });
  for (const { listener, gateOf } of entrances) {
    listener.on("error", (error) => {
      if (listener.listening) onUnexpected(error, "accept"); // before that it is for whoever asked it to listen
    });
    connections.acceptFrom(listener, gateOf);
  }

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

function allowAll(): void {}
