import type { Caller } from "../model/caller.js";
import { tooMuchHeld } from "../model/errors.js";
import { errorStatus } from "./error-status.js";
import { HeldShare } from "./held-bytes.js";
import { receiveRequest } from "./incoming-request.js";
import { incomingRequests } from "./incoming-requests.js";
import type { OpenCalls } from "./open-calls.js";
import { OUTGOING_BYTES, sendResponses } from "./outgoing-responses.js";
import type { ServedMethod } from "./served-method.js";
import type { ServerCall } from "./server-call.js";
import type { Status } from "./status.js";

/** What the methods of a service have in common. */
export interface ServiceRules<Deps> {
  readonly deps: Deps;
  /** Lets each caller call a method, by its path, or throws what answers the call; where unset, nobody is asked who they are. */
  readonly authorize?: ((path: string, caller: Caller) => void) | undefined;
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
    const { deps, requestBytesMax, authorize } = this.#rules;
    const method = this.#method;
    try {
      if (authorize === undefined) call.checkPeer();
      else authorize(method.path, call.identify());
      // Who makes a single write shall know whether it was done, revoked or not: only streams are cut.
      if (method.kind !== "unary") call.endWithGrant();
      call.watchDeadline();
    } catch (error) {
      this.#fail(call, error);
      return;
    }
    switch (method.kind) {
      case "unary":
        call.awaitedSinceMs = call.connection.nowMs;
        receiveRequest(call, requestBytesMax, (request) => void this.#answer(call, () => method.handler(deps, request, call)));
        return;
      case "server_streaming":
        call.awaitedSinceMs = call.connection.nowMs;
        receiveRequest(call, requestBytesMax, (request) => {
          call.awaitedSinceMs = undefined;
          void this.#stream(call, () => method.handler(deps, request, call));
        });
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
    const { openCalls } = this.#rules;
    openCalls.begin();
    try {
      this.#admit(call);
      const response = await handle();
      call.answer(response);
      if (response.length > OUTGOING_BYTES) this.#watchUnread(call, response.length);
    } catch (error) {
      this.#fail(call, error);
    } finally {
      openCalls.end();
    }
  }

  /** Gives many answers. */
  async #stream(call: ServerCall, handle: () => AsyncIterable<Uint8Array | readonly Uint8Array[]>): Promise<void> {
    const { openCalls, slowObserverMs } = this.#rules;
    const share = new HeldShare(call.connection.unread);
    openCalls.begin();
    try {
      call.begin();
      this.#admit(call);
      await sendResponses(call.stream, handle(), { call, share, signal: call.signal, slowObserverMs });
      call.end();
    } catch (error) {
      this.#fail(call, error);
    } finally {
      call.connection.unreadAnswers.watch(call.stream, call.connection.nowMs, share);
      openCalls.end();
    }
  }

  /** Only those large enough to wait for their caller's window. */
  #watchUnread({ stream, connection }: ServerCall, bytes: number): void {
    const share = new HeldShare(connection.unread);
    share.set(bytes);
    connection.unreadAnswers.watch(stream, connection.nowMs, share);
  }

  #admit({ connection: { unread } }: ServerCall): void {
    if (unread.isFull) throw tooMuchHeld("answers that are not read", unread.bytesMax);
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
