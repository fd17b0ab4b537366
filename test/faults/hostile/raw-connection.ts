import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { FLAG, FRAME, FRAME_HEADER_BYTES } from "../../../bench/load/http2-frames.js";
import { frame, PREFACE, settings } from "./frames.js";

/** A frame that the server has sent. */
export interface ReceivedFrame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** How long to wait where the queue of a socket is full, in milliseconds. */
const FULL_QUEUE_MS = 20;

/** A connection that keeps to no rule but its attacker's. */
export class RawConnection {
  readonly #socket: Socket;
  readonly #onFrame: ((frame: ReceivedFrame) => void) | undefined;
  #incoming = Buffer.alloc(0);
  /** Resolves when the server has closed it, or it was destroyed. */
  readonly closed: Promise<void>;
  isClosed = false;

  private constructor(socket: Socket, onFrame?: (frame: ReceivedFrame) => void) {
    this.#socket = socket;
    this.#onFrame = onFrame;
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => {});
    socket.once("close", () => {
      this.isClosed = true;
    });
    socket.on("data", (bytes: Buffer) => this.#read(bytes));
  }

  /** Connects, and says nothing. */
  static async silent(path: string, onFrame?: (frame: ReceivedFrame) => void): Promise<RawConnection> {
    for (;;) {
      const socket = connect(path);
      try {
        await once(socket, "connect");
        return new RawConnection(socket, onFrame);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
        await delay(FULL_QUEUE_MS); // more wait to be accepted than the system lets wait
      }
    }
  }

  /** Connects, and says what HTTP/2 begins with. */
  static async greeted(path: string, onFrame?: (frame: ReceivedFrame) => void): Promise<RawConnection> {
    const connection = await RawConnection.silent(path, onFrame);
    connection.send(Buffer.concat([PREFACE, settings(), frame(FRAME.settings, Buffer.alloc(0), { flags: FLAG.ack })]));
    return connection;
  }

  /** Sends without waiting. */
  send(bytes: Uint8Array): void {
    if (!this.isClosed) this.#socket.write(bytes);
  }

  /** Sends, and waits until most of it has gone. False once the server has closed the connection. */
  async sendOn(bytes: Uint8Array): Promise<boolean> {
    if (this.isClosed) return false;
    if (!this.#socket.write(bytes)) await Promise.race([once(this.#socket, "drain").catch(() => {}), this.closed]);
    return !this.isClosed;
  }

  /** Reads nothing more. */
  pause(): void {
    this.#socket.pause();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Whether the server has closed it by then, in milliseconds. */
  async isClosedWithin(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([this.closed, late]);
    clearTimeout(timer);
    return this.isClosed;
  }

  #read(bytes: Buffer): void {
    if (this.#onFrame === undefined) return;
    const all = Buffer.concat([this.#incoming, bytes]);
    let at = 0;
    while (all.length - at >= FRAME_HEADER_BYTES) {
      const start = at + FRAME_HEADER_BYTES;
      const end = start + all.readUIntBE(at, 3);
      if (end > all.length) break;
      const stream = all.readUInt32BE(at + 5) & 0x7fffffff;
      this.#onFrame({ type: all[at + 3] ?? 0, flags: all[at + 4] ?? 0, stream, payload: all.subarray(start, end) });
      at = end;
    }
    this.#incoming = all.subarray(at);
  }
}

/** Opens so many connections; those that the daemon refuses are closed ones. */
export async function openMany(count: number, open: () => Promise<RawConnection>): Promise<readonly RawConnection[]> {
  const opened: RawConnection[] = [];
  for (let left = count; left > 0; left -= 50) {
    const batch = await Promise.allSettled(Array.from({ length: Math.min(50, left) }, open));
    for (const result of batch) if (result.status === "fulfilled") opened.push(result.value);
  }
  return opened;
}
