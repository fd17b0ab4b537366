import { rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Random } from "../../../journeys/load/random.js";

/** A connection lives for so many chunks of either direction, at most. */
const CHUNKS_MAX = 200;

/** Once its time has come a connection is cut when replies were thrown away, or nothing came for so long, in milliseconds. */
const REPLY_MS_MAX = 100;

/**
 * A way to a daemon on which answers get lost: passes bytes on between two Unix sockets, until it has passed on a request,
 * waits for what the daemon says to it, throws that away, and cuts the connection.
 */
export class LossyProxy {
  readonly #server: Server;
  readonly #socket: string;
  readonly #target: string;
  readonly #random: Random;
  readonly #open = new Set<Socket>();
  #cutCount = 0;
  #lostCount = 0;
  #isLossy = true;

  private constructor(socket: string, target: string, random: Random) {
    this.#socket = socket;
    this.#target = target;
    this.#random = random;
    this.#server = createServer((client) => this.#pass(client));
  }

  /** Listens on a socket, in front of another. */
  static async listen(socket: string, target: string, random: Random): Promise<LossyProxy> {
    const proxy = new LossyProxy(socket, target, random);
    await new Promise<void>((resolve, reject) => proxy.#server.once("error", reject).listen(socket, resolve));
    return proxy;
  }

  /** Connections that were cut. */
  get cutCount(): number {
    return this.#cutCount;
  }

  /** Of them, those on which replies were thrown away. */
  get lostCount(): number {
    return this.#lostCount;
  }

  /** Loses nothing from here on, and goes on passing. */
  becomeHonest(): void {
    this.#isLossy = false;
  }

  /** Cuts everything and listens no more. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#open) socket.destroy();
    await closed;
    await rm(this.#socket, { force: true });
  }

  #pass(client: Socket): void {
    const daemon = connect(this.#target);
    let chunksLeft = 20 + Math.floor(this.#random() * CHUNKS_MAX);
    let losing: NodeJS.Timeout | undefined;
    const end = () => {
      clearTimeout(losing);
      client.destroy();
      daemon.destroy();
    };
    const cut = (isLost: boolean) => {
      this.#cutCount++;
      if (isLost) this.#lostCount++;
      end();
    };
    client.on("data", (chunk) => {
      daemon.write(chunk);
      if (--chunksLeft <= 0 && this.#isLossy) losing ??= setTimeout(() => cut(false), REPLY_MS_MAX);
    });
    daemon.on("data", (chunk) => {
      if (losing !== undefined) return cut(true);
      client.write(chunk);
      // Who only listens is cut in between.
      if (--chunksLeft < -CHUNKS_MAX && this.#isLossy) cut(false);
    });
    for (const socket of [client, daemon]) {
      this.#open.add(socket);
      socket.on("error", end).on("close", () => {
        this.#open.delete(socket);
        end();
      });
    }
  }
}
