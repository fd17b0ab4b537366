import { constants, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { Code } from "../../gen/google/rpc/code_pb.js";
import type { Gate, Grant } from "../access/gate.js";
import { type Caller, STRANGER } from "../model/caller.js";
import type { CallContext } from "../service/handlers.js";
import { GRPC_CONTENT_TYPE, headerOf } from "./call-headers.js";
import type { ConnectionUse, SweptCall } from "./connection-use.js";
import { seglogStatus } from "./error-status.js";
import { parseGrpcTimeout } from "./grpc-timeout.js";
import { leaveUnread } from "./leave-unread.js";
import { frameMessage } from "./message-frame.js";
import { OK_TRAILERS, type Status, StatusError, statusTrailers } from "./status.js";

/** Longest delay that Node's timers take, in milliseconds. */
const TIMER_MS_MAX = 2 ** 31 - 1;

const RESPONSE_HEADERS: OutgoingHttpHeaders = Object.freeze({ ":status": 200, "content-type": GRPC_CONTENT_TYPE });

/** No date: it tells a caller of gRPC nothing, and is one more header for every call. */
const THEN_TRAILERS = { waitForTrailers: true, sendDate: false };
const THEN_NOTHING = { endStream: true, sendDate: false };

/** What a call holds of a request that is not complete. */
export interface UnfinishedRequest {
  /** Keeps no more memory than it needs. */
  compact(): void;
  /** Gives back what it holds. */
  drop(): void;
}

/**
 * A call from its arrival to its answer. Most are over within a millisecond, and nobody ever asks for their signal:
 * signal, timer and listeners are made for those only who want them.
 */
export class ServerCall implements CallContext, SweptCall {
  readonly stream: ServerHttp2Stream;
  readonly connection: ConnectionUse;
  /** The request, until it is complete. */
  unfinished: UnfinishedRequest | undefined;
  /** Since when something is waited for that must not take longer than a unary call may. */
  awaitedSinceMs: number | undefined;
  /** Since when the caller takes nothing of what waits for it. */
  standsSinceMs: number | undefined;
  readonly #headers: IncomingHttpHeaders;
  readonly #gate: Gate;
  #grant: Grant | undefined;
  #leaveGrant: (() => void) | undefined;
  #isAnswered = false;
  #isCut = false;
  #abort: AbortController | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #trailers: OutgoingHttpHeaders = OK_TRAILERS;

  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    { use, gate }: { readonly use: ConnectionUse; readonly gate: Gate },
  ) {
    this.stream = stream;
    this.#headers = headers;
    this.#gate = gate;
    this.connection = use;
    use.calls.add(this);
    use.callCount++;
  }

  /** Who calls; a stranger until `identify` was called. */
  get caller(): Caller {
    return this.#grant?.caller ?? STRANGER;
  }

  /**
   * Finds out who calls.
   *
   * @throws SeglogError BAD_TOKEN, ROLE
   */
  identify(): Caller {
    this.#grant = this.#gate.grant(headerOf(this.#headers, "authorization"));
    return this.#grant.caller;
  }

  /** Cuts the call off where the grant of its caller ends before it does: for calls that may take long. */
  endWithGrant(): void {
    this.#leaveGrant = this.#grant?.onEnd?.((error) => this.cutOff(seglogStatus(error)));
  }

  /**
   * Lets the call in without finding out who calls.
   *
   * @throws SeglogError ROLE
   */
  checkPeer(): void {
    this.#gate.checkPeer();
  }

  /** Aborts when the caller goes away, or the deadline passes, before the answer is given. */
  get signal(): AbortSignal {
    if (this.#abort !== undefined) return this.#abort.signal;
    this.#abort = new AbortController();
    if (this.#isCut || (this.stream.closed && !this.#isAnswered)) this.#abort.abort();
    else this.stream.on("aborted", () => this.#cut());
    return this.#abort.signal;
  }

  /** What those got who waited with the signal; undefined where it did not abort. */
  get abortReason(): unknown {
    return this.#abort?.signal.reason;
  }

  /** Whether an answer was given, or nobody waits for one any more. */
  get isOver(): boolean {
    return this.#isAnswered || this.stream.closed;
  }

  /** How messages of the request are compressed, where they are. */
  get requestEncoding(): string | undefined {
    return headerOf(this.#headers, "grpc-encoding");
  }

  /**
   * Watches the deadline, where the caller has one.
   *
   * @throws StatusError INTERNAL where it makes no sense, DEADLINE_EXCEEDED where nothing is left of it
   */
  watchDeadline(): void {
    const text = headerOf(this.#headers, "grpc-timeout");
    if (text === undefined) return;
    const timeoutMs = parseGrpcTimeout(text);
    if (timeoutMs === undefined) throw new StatusError(Code.INTERNAL, "grpc-timeout makes no sense, wanted up to 8 digits and a unit");
    if (timeoutMs === 0) throw deadlineExceeded();
    if (timeoutMs > TIMER_MS_MAX) return;
    this.#deadline = setTimeout(() => this.cutOff(deadlineExceeded()), timeoutMs);
    this.stream.on("aborted", () => this.#cut());
  }

  /** Gives the one answer. */
  answer(response: Uint8Array): void {
    if (this.isOver) return;
    this.#close();
    this.stream.on("wantTrailers", sendOkTrailers);
    this.stream.respond(RESPONSE_HEADERS, THEN_TRAILERS);
    this.stream.end(frameMessage(response));
  }

  /** Begins an answer in parts: its headers go out at once, so that the caller knows that it is heard. */
  begin(): void {
    if (this.isOver) return;
    this.stream.on("wantTrailers", () => {
      this.stream.sendTrailers(this.#trailers);
      leaveUnread(this.stream);
    });
    this.stream.respond(RESPONSE_HEADERS, THEN_TRAILERS);
  }

  /** Ends an answer in parts. */
  end(): void {
    if (this.isOver) return;
    this.#close();
    this.stream.end();
  }

  /** Ends the call with an error. */
  fail(status: Status): void {
    if (this.isOver) return;
    this.#close();
    const trailers = statusTrailers(status);
    if (this.stream.headersSent) {
      this.#trailers = trailers;
      this.stream.end();
    } else {
      this.stream.respond({ ...RESPONSE_HEADERS, ...trailers }, THEN_NOTHING);
      leaveUnread(this.stream);
    }
  }

  /** Ends the call with an error that its handler does not know of yet: its signal aborts. */
  cutOff(status: Status): void {
    if (this.isOver) return;
    this.#cut();
    this.fail(status);
  }

  /** See SweptCall. */
  sweep(unaryCallMs: number, standsSinceMs: number | undefined): void {
    if (this.isOver) {
      this.#leave();
      return;
    }
    const { awaitedSinceMs, connection } = this;
    this.unfinished?.compact();
    if (awaitedSinceMs !== undefined && connection.nowMs - awaitedSinceMs > unaryCallMs) this.cutOff(tookTooLong(unaryCallMs));
    if (standsSinceMs === undefined) return;
    if ((this.standsSinceMs ?? Number.POSITIVE_INFINITY) < standsSinceMs) this.stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    else if (this.unfinished !== undefined && (awaitedSinceMs ?? Number.POSITIVE_INFINITY) < standsSinceMs) this.cutOff(memoryIsShort());
  }

  #leave(): void {
    this.connection.calls.delete(this);
    this.#leaveGrant?.();
    this.unfinished?.drop();
    this.unfinished = undefined;
  }

  #close(): void {
    this.#isAnswered = true;
    this.#leave();
    clearTimeout(this.#deadline);
  }

  #cut(): void {
    clearTimeout(this.#deadline);
    this.#isCut = true;
    this.#abort?.abort();
  }
}

function tookTooLong(ms: number): StatusError {
  return new StatusError(Code.DEADLINE_EXCEEDED, `the call was not complete after ${ms} ms; whether it was done is not known`);
}

function memoryIsShort(): StatusError {
  return new StatusError(Code.RESOURCE_EXHAUSTED, "memory is short, and the request is not complete; nothing was done, try again");
}

function deadlineExceeded(): StatusError {
  return new StatusError(Code.DEADLINE_EXCEEDED, "the deadline has passed");
}

/** One for all calls, for it is on the way of every one. */
function sendOkTrailers(this: ServerHttp2Stream): void {
  this.sendTrailers(OK_TRAILERS);
  leaveUnread(this);
}
