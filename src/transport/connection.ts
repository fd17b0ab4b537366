import { type IncomingHttpHeaders, performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { Gate } from "../access/gate.js";
import {
  CANCELS_MAX,
  CANCELS_WINDOW_MS,
  COUNTING_WINDOW_MS,
  type Limits,
  SETTINGS_FRAMES_MAX,
  SHORT_MEMORY_STANDSTILL_MS,
} from "../model/limits.js";
import { ConnectionUse } from "./connection-use.js";
import { EndProbe } from "./end-probe.js";
import { FloodGauge } from "./flood-gauge.js";
import { Keepalive } from "./keepalive.js";
import { LeakyCount } from "./leaky-count.js";
import { CONNECTION_WINDOW_BYTES, sessionOptions } from "./session-options.js";

/** Takes over a request that has just come. */
export type RouteCall = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, connection: Connection) => void;

/** What a connection is made of. */
export interface ConnectionParts {
  readonly socket: Socket;
  readonly gate: Gate;
  readonly limits: Limits;
  readonly route: RouteCall;
}

/**
 * A client's connection, with HTTP/2 on it. What is wrong with it is for the client to mend: where it keeps to no limit it
 * is cut, without a word.
 */
export class Connection {
  readonly use: ConnectionUse;
  /** What its calls have to pass. */
  readonly gate: Gate;
  /** Listens to `aborted` of each of its calls: one function for all. */
  readonly onAborted: (this: ServerHttp2Stream) => void;
  readonly #socket: Socket;
  readonly #session: ServerHttp2Session;
  readonly #limits: Limits;
  readonly #flood: FloodGauge;
  readonly #keepalive: Keepalive;
  readonly #resets: LeakyCount;
  readonly #settings: LeakyCount;
  readonly #cancels: LeakyCount;
  readonly #endProbe = new EndProbe();
  readonly #beganMs: number;
  #isGreeted = false;
  #lastCallCount = 0;
  #lastUsedMs: number;
  #closingMs: number | undefined;

  constructor({ socket, gate, limits, route }: ConnectionParts) {
    this.gate = gate;
    const nowMs = performance.now();
    this.use = new ConnectionUse(limits, nowMs);
    this.use.onMuchContent = () => {
      if (this.#isFlood(performance.now())) this.cut();
    };
    this.#socket = socket;
    this.#limits = limits;
    this.#flood = new FloodGauge(limits.headerBytesMax, nowMs);
    this.#resets = new LeakyCount({ max: limits.resetsMax, windowMs: COUNTING_WINDOW_MS }, nowMs);
    this.#settings = new LeakyCount({ max: SETTINGS_FRAMES_MAX, windowMs: COUNTING_WINDOW_MS }, nowMs);
    this.#cancels = new LeakyCount({ max: CANCELS_MAX, windowMs: CANCELS_WINDOW_MS }, nowMs);
    this.onAborted = whenLeft((isAnswered) => this.#countCancel(isAnswered));
    this.#beganMs = nowMs;
    this.#lastUsedMs = nowMs;
    const session = performServerHandshake(socket, sessionOptions(limits));
    this.#session = session;
    this.#keepalive = new Keepalive(limits, (onAnswer) => session.ping((error) => error === null && onAnswer()), nowMs);
    session.on("error", () => {}); // the close behind it says all we need
    session.on("stream", (stream, headers) => route(stream, headers, this));
    session.on("remoteSettings", () => {
      this.#isGreeted = true;
      if (this.#settings.isTooMany(performance.now())) this.cut();
    });
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
  }

  /** Since when it is without calls, in milliseconds; undefined where it has some. */
  get idleSinceMs(): number | undefined {
    return this.use.calls.size > 0 || this.use.callCount !== this.#lastCallCount ? undefined : this.#lastUsedMs;
  }

  /** Sends GOAWAY: no new calls. It ends with the last one. */
  drain(): void {
    this.#session.close();
  }

  /** Ends it in good order, having no calls: a client that has just begun one learns that it was not taken, and connects again. */
  end(): void {
    this.#closingMs ??= performance.now();
    this.#socket.once("finish", () => this.#socket.destroy());
    this.#session.close();
  }

  /** Ends it at once, for nghttp2's own end leaves the socket open. */
  cut(): void {
    this.#socket.destroy();
  }

  /**
   * Counts a call that was reset before anything of its answer was sent. Who opens calls only to reset them has their work
   * done for nothing; a tail that is left, or a call that is given up a while later, was answered in part, or is rare.
   */
  countReset(): void {
    if (this.#resets.isTooMany(performance.now())) this.cut();
  }

  #countCancel(isAnswered: boolean): void {
    if (this.#cancels.isTooMany(performance.now())) this.cut();
    else if (!isAnswered) this.countReset();
  }

  /** Looks after what takes time, a few times a second. */
  sweep(nowMs: number, { isMemoryShort }: { readonly isMemoryShort: boolean }): void {
    const { use } = this;
    use.nowMs = nowMs;
    const standsSinceMs = nowMs - (isMemoryShort ? SHORT_MEMORY_STANDSTILL_MS : this.#limits.slowObserverMs);
    use.unreadAnswers.resetSince(standsSinceMs);
    for (const call of use.calls) call.sweep(this.#limits.unaryCallMs, isMemoryShort ? standsSinceMs : undefined);
    const hasNoNewCalls = use.callCount === this.#lastCallCount;
    this.#noteUse(nowMs);
    if (this.#isOver(nowMs) || this.#hasEnded(hasNoNewCalls, nowMs)) this.cut();
    else if (this.#closingMs === undefined && nowMs - this.#lastUsedMs >= this.#limits.idleConnectionMs) this.end();
  }

  #noteUse(nowMs: number): void {
    const { calls, callCount } = this.use;
    if (calls.size > 0 || callCount !== this.#lastCallCount) this.#lastUsedMs = nowMs;
    this.#lastCallCount = callCount;
  }

  #hasEnded(hasNoNewCalls: boolean, nowMs: number): boolean {
    const { calls, unread } = this.use;
    const { bytesRead, bytesWritten } = this.#socket;
    const isQuiet = hasNoNewCalls && calls.size === 0 && unread.isEmpty;
    const ping = (onDue: () => void) => {
      // Two sweeps may come with nothing between them, where the process stood still: the PING is written in the turn behind this.
      setImmediate(onDue);
      return this.#isGreeted && !this.#session.closed && this.#session.ping(() => {});
    };
    return this.#endProbe.hasEnded({ bytesRead, bytesWritten, ping }, { isQuiet, nowMs });
  }

  #isFlood(nowMs: number): boolean {
    const { callCount, dataBytes } = this.use;
    const { bytesRead: readBytes, bytesWritten: writtenBytes } = this.#socket;
    return this.#flood.isFlood({ readBytes, writtenBytes, dataBytes, callCount }, nowMs);
  }

  #isOver(nowMs: number): boolean {
    const { calls, callCount } = this.use;
    const { handshakeMs } = this.#limits;
    return (
      (!this.#isGreeted && nowMs - this.#beganMs >= handshakeMs) ||
      (this.#closingMs !== undefined && nowMs - this.#closingMs >= handshakeMs) ||
      this.#isFlood(nowMs) ||
      this.#keepalive.isLost({ openCalls: calls.size, callCount }, nowMs)
    );
  }
}

function whenLeft(count: (isAnswered: boolean) => void): (this: ServerHttp2Stream) => void {
  return function (this: ServerHttp2Stream) {
    count(this.headersSent);
  };
}
