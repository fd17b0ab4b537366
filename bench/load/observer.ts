import { connect, type Socket } from "node:net";
import { monotonicMs } from "./clock.js";
import { FrameReader, openingBytes, requestBytes, SETTINGS_ACK } from "./raw-http2.js";
import { TailMessages } from "./tail-messages.js";

/** Read into by all observers of a process: each is done with it before the next one reads. */
const READ_BUFFER = Buffer.alloc(256 * 1024);

/** When something came, and what it was. */
export interface Arrival {
  readonly position: number;
  readonly atMs: number;
}

/** One observer: a connection of its own with one tail on it, of which it counts the bytes and notes the positions. */
export class Observer {
  /** Of the last message; -1 before the first. */
  position = -1;
  bytes = 0;
  messages = 0;
  /** When the last message came, on the monotonic clock. */
  atMs = 0;
  /** Every message, as long as they are wanted. */
  arrivals: Arrival[] | undefined;
  /** Set when the tail has ended, which none of them should. */
  hasEnded = false;
  readonly #socket: Socket;
  readonly #onChange: () => void;

  private constructor(socketPath: string, onChange: () => void) {
    this.#onChange = onChange;
    const messages = new TailMessages((position) => this.#onMessage(position));
    const frames = new FrameReader({
      onData: (bytes, start, end) => {
        this.bytes += end - start;
        messages.read(bytes, start, end);
      },
      onSettings: () => this.#socket.write(SETTINGS_ACK),
      onEnd: () => this.#onEnd(),
    });
    const onread = {
      buffer: READ_BUFFER,
      callback: (length: number) => {
        frames.read(READ_BUFFER.subarray(0, length));
        return true;
      },
    };
    this.#socket = connect({ path: socketPath, onread });
    this.#socket.on("close", () => this.#onEnd());
  }

  /** Connects. The tail begins with `follow`. */
  static async connect(socketPath: string, onChange: () => void): Promise<Observer> {
    const observer = new Observer(socketPath, onChange);
    await new Promise<void>((resolve, reject) => {
      observer.#socket.once("error", reject);
      observer.#socket.write(openingBytes(), () => resolve());
    });
    return observer;
  }

  follow(path: string, request: Uint8Array): void {
    this.#socket.write(requestBytes(path, request));
  }

  close(): void {
    this.#socket.destroy();
  }

  #onMessage(position: number): void {
    this.position = position;
    this.messages++;
    this.atMs = monotonicMs();
    this.arrivals?.push({ position, atMs: this.atMs });
    this.#onChange();
  }

  #onEnd(): void {
    this.hasEnded = true;
    this.#onChange();
  }
}
