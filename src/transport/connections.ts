import type { Server as Listener, Socket } from "node:net";
import { Server as TlsListener } from "node:tls";
import type { Gate } from "../access/gate.js";
import { EVICTED_IDLE_MS_MIN, type Limits } from "../model/limits.js";
import { Connection, type RouteCall } from "./connection.js";

/** How often connections are looked after, in milliseconds. One timer for all, so that a call needs none. */
const SWEEP_MS = 250;

/** What connections need. */
export interface ConnectionsOptions {
  readonly limits: Limits;
  /** Takes over each request. */
  readonly route: RouteCall;
  /** Whether memory is so short that who stands still has to go. Asked at each sweep. */
  readonly isMemoryShort: () => boolean;
  /** Who is at the other end, where that is known: then no user has more connections than a number of its own. */
  readonly users?: { readonly connectionsMax: number; uidOf(socket: Socket): number | undefined };
}

/** The connections of all listeners, from their acceptance to their end. */
export class Connections {
  readonly #listeners: Listener[] = [];
  readonly #options: ConnectionsOptions;
  readonly #open = new Map<Socket, Connection>();
  readonly #countOfUid = new Map<number, number>();
  readonly #sweeping: NodeJS.Timeout;
  #isAccepting = true;
  #onEmpty: (() => void)[] = [];

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#sweeping = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /**
   * Takes what a listener accepts, from its next connection on; where it speaks TLS, once that is agreed on. `gateOf` gives the
   * gate of each.
   */
  acceptFrom(listener: Listener, gateOf: (socket: Socket) => Gate): void {
    this.#listeners.push(listener);
    listener.on(listener instanceof TlsListener ? "secureConnection" : "connection", (socket: Socket) => {
      if (socket.destroyed) return;
      if (this.#isAccepting && this.#hasRoom()) this.#accept(socket, gateOf);
      else socket.destroy();
    });
  }

  /** Accepts no more, and tells clients to begin no more calls. */
  drain(): void {
    this.stopAccepting();
    for (const connection of this.#open.values()) connection.drain();
  }

  /** Accepts no more. */
  stopAccepting(): void {
    this.#isAccepting = false;
    for (const listener of this.#listeners) if (listener.listening) listener.close();
  }

  /** Destroys what is open; resolves when it is gone. */
  async destroy(): Promise<void> {
    for (const connection of this.#open.values()) connection.cut();
    await this.none();
    clearInterval(this.#sweeping);
  }

  /** Resolves once none is open, or after `msMax` milliseconds. */
  none(msMax = Number.POSITIVE_INFINITY): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = msMax === Number.POSITIVE_INFINITY ? undefined : setTimeout(resolve, msMax);
      this.#onEmpty.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #accept(socket: Socket, gateOf: (socket: Socket) => Gate): void {
    // An error may come when node:http2 listens no more (nodejs/node#54998); the close that follows says all we need.
    socket.on("error", () => {});
    const { users, limits, route } = this.#options;
    const uid = users?.uidOf(socket);
    if (users !== undefined && uid !== undefined) {
      const count = this.#countOfUid.get(uid) ?? 0;
      if (count >= users.connectionsMax) {
        socket.destroy();
        return;
      }
      this.#countOfUid.set(uid, count + 1);
    }
    this.#open.set(socket, new Connection({ socket, gate: gateOf(socket), limits, route }));
    socket.once("close", () => this.#forget(socket, uid));
  }

  #forget(socket: Socket, uid: number | undefined): void {
    this.#open.delete(socket);
    const count = uid === undefined ? undefined : this.#countOfUid.get(uid);
    if (uid !== undefined && count !== undefined) {
      if (count > 1) this.#countOfUid.set(uid, count - 1);
      else this.#countOfUid.delete(uid);
    }
    if (this.#open.size > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  /** Where all places are taken, the connection that has been idle for longest makes room: nobody is kept out by those who do nothing. */
  #hasRoom(): boolean {
    if (this.#open.size < this.#options.limits.connectionsMax) return true;
    let longest: { readonly connection: Connection; readonly sinceMs: number } | undefined;
    for (const connection of this.#open.values()) {
      const sinceMs = connection.idleSinceMs;
      if (sinceMs !== undefined && sinceMs < (longest?.sinceMs ?? Number.POSITIVE_INFINITY)) longest = { connection, sinceMs };
    }
    if (longest === undefined || performance.now() - longest.sinceMs < EVICTED_IDLE_MS_MIN) return false;
    longest.connection.end();
    longest.connection.cut();
    return true;
  }

  #sweep(): void {
    const nowMs = performance.now();
    const isMemoryShort = this.#options.isMemoryShort();
    for (const connection of this.#open.values()) connection.sweep(nowMs, { isMemoryShort });
  }
}
