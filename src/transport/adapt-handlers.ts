import type { DescMethod } from "@bufbuild/protobuf";
import {
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type sendUnaryData,
  type UntypedHandleCall,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import type { CallContext } from "../service/handlers.js";
import { CallLifetime, type EndingCall } from "./call-lifetime.js";
import { type ErrorStatus, errorStatus } from "./error-status.js";
import type { HandlerOfKind, HandlerTable } from "./handler-table.js";
import { incomingRequests } from "./incoming-requests.js";
import type { OpenCalls } from "./open-calls.js";
import { OUTGOING_BYTES, sendResponses } from "./outgoing-responses.js";
import { resetUnread } from "./reset-unread.js";

/** What adapted handlers work with. */
export interface AdaptOptions<Deps> {
  readonly handlers: Partial<HandlerTable<Deps>>;
  readonly deps: Deps;
  /** Lets each call in before its handler sees it, by its method's name; what it throws is the answer. */
  readonly admit?: ((deps: Deps, method: string) => void) | undefined;
  readonly slowObserverMs: number;
  /** Counts the calls. */
  readonly openCalls: OpenCalls;
  /** Is told of errors that nobody foresaw. */
  readonly onUnexpected: (error: unknown, method: string) => void;
}

/** The handlers as grpc-js takes them. A method without one is left out, which grpc-js answers with UNIMPLEMENTED. */
export function adaptHandlers<Deps>(options: AdaptOptions<Deps>): UntypedServiceImplementation {
  const implementation: UntypedServiceImplementation = {};
  for (const method of SegmentService.methods) {
    const adapted = adaptMethod(method, options);
    if (adapted !== undefined) implementation[method.localName] = adapted;
  }
  return implementation;
}

function adaptMethod<Deps>(method: DescMethod, options: AdaptOptions<Deps>): UntypedHandleCall | undefined {
  // The table's type ties each name to a handler of its method's kind, which a look-up by string forgets.
  const handler = options.handlers[method.localName as keyof HandlerTable<Deps>] as
    | HandlerOfKind<Deps>[keyof HandlerOfKind<Deps>]
    | undefined;
  if (handler === undefined) return undefined;
  const runner = new CallRunner(method.name, options);
  switch (method.methodKind) {
    case "unary":
      return unary(handler as HandlerOfKind<Deps>["unary"], runner); // as the method's kind says; so below
    case "client_streaming":
      return clientStreaming(handler as HandlerOfKind<Deps>["client_streaming"], runner);
    case "server_streaming":
      return serverStreaming(handler as HandlerOfKind<Deps>["server_streaming"], runner);
    case "bidi_streaming":
      return bidiStreaming(handler as HandlerOfKind<Deps>["bidi_streaming"], runner);
    default:
      return method.methodKind satisfies never;
  }
}

function unary<Deps>(handler: HandlerOfKind<Deps>["unary"], runner: CallRunner<Deps>): handleUnaryCall<Uint8Array, Uint8Array> {
  return (call, callback) => {
    runner.answer(call, callback, (context) => handler(runner.options.deps, call.request, context));
  };
}

function clientStreaming<Deps>(
  handler: HandlerOfKind<Deps>["client_streaming"],
  runner: CallRunner<Deps>,
): handleClientStreamingCall<Uint8Array, Uint8Array> {
  return (call, callback) => {
    runner.answer(call, callback, (context) => handler(runner.options.deps, incomingRequests(call, context.signal), context));
  };
}

function serverStreaming<Deps>(
  handler: HandlerOfKind<Deps>["server_streaming"],
  runner: CallRunner<Deps>,
): handleServerStreamingCall<Uint8Array, Uint8Array> {
  return (call) => runner.stream(call, (context) => handler(runner.options.deps, call.request, context));
}

function bidiStreaming<Deps>(
  handler: HandlerOfKind<Deps>["bidi_streaming"],
  runner: CallRunner<Deps>,
): handleBidiStreamingCall<Uint8Array, Uint8Array> {
  return (call) => runner.stream(call, (context) => handler(runner.options.deps, incomingRequests(call, context.signal), context));
}

type StreamedCall = EndingCall & Parameters<typeof sendResponses>[0] & { sendMetadata(metadata: Metadata): void };

/** Runs calls of one method from arrival to answer. */
class CallRunner<Deps> {
  readonly options: AdaptOptions<Deps>;
  readonly #method: string;

  constructor(method: string, options: AdaptOptions<Deps>) {
    this.#method = method;
    this.options = options;
  }

  /** Gives one answer. */
  answer(call: EndingCall, callback: sendUnaryData<Uint8Array>, handle: (context: CallContext) => Promise<Uint8Array>): void {
    this.#run(call, async (lifetime) => {
      try {
        this.#admit();
        const response = await handle(lifetime);
        lifetime.end();
        callback(null, response);
        if (response.length > OUTGOING_BYTES) resetUnread(call, this.options.slowObserverMs);
      } catch (error) {
        const status = this.#statusOf(error, lifetime.signal);
        lifetime.end();
        callback(status);
      }
    });
  }

  /** Gives many answers. Their headers go out at once, so that the caller knows that it is heard. */
  stream(call: StreamedCall, handle: (context: CallContext) => AsyncIterable<Uint8Array>): void {
    this.#run(call, async (lifetime) => {
      lifetime.watchDeadline(call);
      call.sendMetadata(new Metadata());
      const { signal } = lifetime;
      try {
        this.#admit();
        await sendResponses(call, handle(lifetime), { signal, slowObserverMs: this.options.slowObserverMs });
        if (!signal.aborted) call.end();
      } catch (error) {
        const status = this.#statusOf(error, signal);
        if (!signal.aborted) call.emit("error", status); // what grpc-js documents for ending a stream with a status
      } finally {
        lifetime.end();
        resetUnread(call, this.options.slowObserverMs);
      }
    });
  }

  #run(call: EndingCall, body: (lifetime: CallLifetime) => Promise<void>): void {
    const { openCalls, onUnexpected } = this.options;
    openCalls.begin();
    body(new CallLifetime(call))
      .catch((error: unknown) => onUnexpected(error, this.#method))
      .finally(() => openCalls.end());
  }

  #admit(): void {
    this.options.admit?.(this.options.deps, this.#method);
  }

  /** The way out of a handler whose signal aborted is an error too, and no news. */
  #statusOf(error: unknown, signal: AbortSignal): ErrorStatus {
    return errorStatus(error, (unexpected) => {
      if (unexpected !== signal.reason) this.options.onUnexpected(unexpected, this.#method);
    });
  }
}
