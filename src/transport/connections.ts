import type { Server as Listener, Socket } from "node:net";

/** Bytes that every HTTP/2 connection begins with. */
const PREFACE_BYTES = 24;

/** Time for those, in milliseconds. */
const PREFACE_MS_MAX = 5000;

/** The connections of a listener, from their acceptance to their end. */
export class Connections {
  readonly #listener: Listener;
  readonly #open = new Set<Socket>();
  #isAccepting = true;
  #onEmpty: (() => void)[] = [];

  /** @param serve takes over what is accepted */
  constructor(listener: Listener, serve: (socket: Socket) => void) {
    this.#listener = listener;
    listener.on("connection", (socket) => {
      if (!this.#isAccepting) {
        socket.destroy();
        return;
      }
      this.#keep(socket);
      serve(socket);
    });
  }

  /** Accepts no more. */
  stopAccepting(): void {
    this.#isAccepting = false;
    if (this.#listener.listening) this.#listener.close();
  }

  /** Destroys what is open; resolves when it is gone. */
  async destroy(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await this.none();
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

  #keep(socket: Socket): void {
    this.#open.add(socket);
    const silence = setTimeout(() => {
      if (socket.bytesRead < PREFACE_BYTES) socket.destroy();
    }, PREFACE_MS_MAX);
    silence.unref();
    // An error may come when node:http2 listens no more (nodejs/node#54998); the close that follows says all we need.
    socket.on("error", () => {});
    socket.once("close", () => {
      clearTimeout(silence);
      this.#open.delete(socket);
      if (this.#open.size > 0) return;
      for (const resolve of this.#onEmpty.splice(0)) resolve();
    });
  }
}
