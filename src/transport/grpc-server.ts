import type { Server as Listener, Socket } from "node:net";
import { AdminService } from "../../gen/seglog/v1/admin_service_pb.js";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import type { Gate } from "../access/gate.js";
import type { Caller } from "../model/caller.js";
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

/** A way in to a server. */
export interface Entrance {
  /** Where connections come from: listening, or about to. The server takes it over and closes it. */
  readonly listener: Listener;
  /** The gate of a connection that has just come. Must not throw. */
  readonly gateOf: (socket: Socket) => Gate;
}

/** What a server is made of. */
export interface GrpcServerOptions {
  readonly entrances: readonly Entrance[];
  /** What is served, beside health and reflection. */
  readonly services: readonly ServedService[];
  /** Lets a caller call a method, by its path, or throws what answers the call; lets all where unset. */
  readonly authorize?: (path: string, caller: Caller) => void;
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

/** Services of the contract, health and reflection on all entrances. Health and reflection ask nobody who they are. */
export interface GrpcServer {
  /** Calls of the contract's services that are being answered. */
  readonly openCallCount: number;
  /** Loads what the first calls of health and reflection need, which is not loaded with the rest. */
  preload(): Promise<void>;
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
  const { entrances, services, authorize = allowAll, limits, onUnexpected } = options;
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
  for (const service of services) {
    // Operators are let in though memory is short: they may be the ones to end what uses it.
    const admitCall = service.descriptor.typeName === AdminService.typeName ? () => {} : admit;
    service.addTo(router, { ...rules, authorize, admit: admitCall, openCalls });
  }
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
    async preload() {
      await Promise.all([health.preload(), reflection.preload()]);
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
