import { errorStatus } from "./error-status.js";
import { receiveRequest } from "./incoming-request.js";
import { incomingRequests } from "./incoming-requests.js";
import type { OpenCalls } from "./open-calls.js";
import { OUTGOING_BYTES, sendResponses } from "./outgoing-responses.js";
import { resetUnread } from "./reset-unread.js";
import type { ServedMethod } from "./served-method.js";
import type { ServerCall } from "./server-call.js";
import type { Status } from "./status.js";

/** What the methods of a service have in common. */
export interface ServiceRules<Deps> {
  readonly deps: Deps;
  /** Lets each call in before its handler sees it, by its method's name; what it throws is the answer. */
  readonly admit?: ((deps: Deps, method: string) => void) | undefined;
  readonly requestBytesMax: number;
  readonly slowObserverMs: number;
  /** Counts the calls. */
  readonly openCalls: OpenCalls;
  /** Is told of errors that nobody foresaw. Must not throw. */
  readonly onUnexpected: (error: unknown, method: string) => void;
}

/** Runs calls of one method from arrival to answer. */
export class MethodRunner<Deps> {
  readonly #method: ServedMethod<Deps>;
  readonly #rules: ServiceRules<Deps>;

  constructor(method: ServedMethod<Deps>, rules: ServiceRules<Deps>) {
    this.#method = method;
    this.#rules = rules;
  }

  /** Takes over a call that has just come. */
  run(call: ServerCall): void {
    const { deps, requestBytesMax } = this.#rules;
    const method = this.#method;
    try {
      call.watchDeadline();
    } catch (error) {
      this.#fail(call, error);
      return;
    }
    switch (method.kind) {
      case "unary":
        receiveRequest(call, requestBytesMax, (request) => void this.#answer(call, () => method.handler(deps, request, call)));
        return;
      case "server_streaming":
        receiveRequest(call, requestBytesMax, (request) => void this.#stream(call, () => method.handler(deps, request, call)));
        return;
      case "client_streaming":
        void this.#answer(call, () => method.handler(deps, incomingRequests(call, requestBytesMax), call));
        return;
      case "bidi_streaming":
        void this.#stream(call, () => method.handler(deps, incomingRequests(call, requestBytesMax), call));
        return;
      default:
        method satisfies never;
    }
  }

  /** Gives one answer. */
  async #answer(call: ServerCall, handle: () => Promise<Uint8Array>): Promise<void> {
    const { openCalls, slowObserverMs } = this.#rules;
    openCalls.begin();
    try {
      this.#admit();
      const response = await handle();
      call.answer(response);
      if (response.length > OUTGOING_BYTES) resetUnread(call.stream, slowObserverMs);
    } catch (error) {
      this.#fail(call, error);
    } finally {
      openCalls.end();
    }
  }

  /** Gives many answers. */
  async #stream(call: ServerCall, handle: () => AsyncIterable<Uint8Array | readonly Uint8Array[]>): Promise<void> {
    const { openCalls, slowObserverMs } = this.#rules;
    openCalls.begin();
    try {
      call.begin();
      this.#admit();
      await sendResponses(call.stream, handle(), { signal: call.signal, slowObserverMs });
      call.end();
    } catch (error) {
      this.#fail(call, error);
    } finally {
      resetUnread(call.stream, slowObserverMs);
      openCalls.end();
    }
  }

  #admit(): void {
    this.#rules.admit?.(this.#rules.deps, this.#method.name);
  }

  /** Nothing may be thrown from here: nobody would catch it. */
  #fail(call: ServerCall, error: unknown): void {
    try {
      call.fail(this.#statusOf(error, call));
    } catch (unexpected) {
      this.#rules.onUnexpected(unexpected, this.#method.name);
    }
  }

  /** The way out of a handler whose signal aborted is an error too, and no news. */
  #statusOf(error: unknown, call: ServerCall): Status {
    return errorStatus(error, (unexpected) => {
      if (call.abortReason === undefined || unexpected !== call.abortReason) this.#rules.onUnexpected(unexpected, this.#method.name);
    });
  }
}
