import type { Server as Listener } from "node:net";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { rawServiceDefinition } from "../contract/rpc-definitions.js";
import type { Limits } from "../model/limits.js";
import { adaptHandlers } from "./adapt-handlers.js";
import { Connections } from "./connections.js";
import type { HandlerTable } from "./handler-table.js";
import { HealthService } from "./health-service.js";
import { OpenCalls } from "./open-calls.js";
import { ReflectionService } from "./reflection-service.js";

/** Most calls open at once on one connection; tails of one process share one. */
export const STREAMS_PER_CONNECTION_MAX = 1024;

/** Most connections open at once; more are closed as they come. */
export const CONNECTIONS_MAX = 1024;

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
  /** Bounds of requests and of observers' patience. */
  readonly limits: Pick<Limits, "requestBytesMax" | "slowObserverMs">;
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
  const server = new Server({
    "grpc.max_receive_message_length": limits.requestBytesMax,
    "grpc.max_send_message_length": -1,
    "grpc.max_concurrent_streams": STREAMS_PER_CONNECTION_MAX,
    "grpc.enable_channelz": 0,
  });
  server.addService(
    rawServiceDefinition(SegmentService),
    adaptHandlers({ handlers, deps, admit, slowObserverMs: limits.slowObserverMs, openCalls, onUnexpected }),
  );
  health.addTo(server);
  reflection.addTo(server);

  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  listener.maxConnections = CONNECTIONS_MAX;
  listener.on("error", (error) => {
    if (listener.listening) onUnexpected(error, "accept"); // before that it is for whoever asked it to listen
  });
  const connections = new Connections(listener, (socket) => injector.injectConnection(socket));

  return {
    get openCallCount() {
      return openCalls.count;
    },
    setServing: (isServing) => health.setServing(isServing),
    async drain() {
      health.drain();
      reflection.drain();
      connections.stopAccepting();
      injector.destroy(); // in spite of its name: it sends GOAWAY, and sessions end with their last stream
      await openCalls.none();
      await connections.none(CONNECTION_END_MS_MAX);
    },
    async close() {
      health.drain();
      reflection.drain();
      connections.stopAccepting();
      server.forceShutdown();
      await connections.destroy();
    },
  };
}
