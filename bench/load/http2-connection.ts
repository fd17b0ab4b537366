import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { GrpcMessageReader } from "./grpc-messages.js";
import { callHeaders, FLAG, FRAME, FRAME_HEADER_BYTES, FRAME_PAYLOAD_MAX, frameHeader } from "./http2-frames.js";
import { openingBytes } from "./raw-http2.js";

const WINDOW_DEFAULT = 65_535;
const SETTING_BYTES = 6;
const SETTING_INITIAL_WINDOW = 4;

/** What a call tells. */
export interface CallEvents {
  /** A message has come; it is a view that is good as long as the call of it. */
  onMessage(message: Buffer): void;
  /** The server has ended the call, or the connection has gone. */
  onEnd(): void;
}

/** One call on a connection. */
export interface Call {
  /** Sends bytes as far as the server's windows let it, and the rest when they open. */
  send(bytes: Uint8Array, isLast: boolean): void;
}

interface OpenCall extends CallEvents {
  readonly stream: number;
  readonly reader: GrpcMessageReader;
  waiting: Uint8Array[];
  isLastWaiting: boolean;
  window: number;
}

/**
 * A client's connection that knows as much of HTTP/2 as gRPC calls need, and costs a fraction of what node:http2 does: a
 * load generator in JavaScript would otherwise be what is measured. What goes out in one turn goes out as one write;
 * answers' headers are not read, and their windows do not close before 2 GiB.
 */
export class Http2Connection {
  readonly #socket: Socket;
  readonly #calls = new Map<number, OpenCall>();
  readonly #headers = new Map<string, Buffer>();
  #outgoing: Uint8Array[] = [];
  #incoming: Buffer | undefined;
  #nextStream = 1;
  #window = WINDOW_DEFAULT;
  #initialWindow = WINDOW_DEFAULT;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.#read(bytes));
    socket.on("error", () => {}); // the close behind it ends the calls, which is what is told
    socket.on("close", () => this.#endAll());
    this.#put(openingBytes());
  }

  /** Connects over a Unix socket. */
  static async connect(socketPath: string): Promise<Http2Connection> {
    const socket = connect(socketPath);
    await once(socket, "connect");
    return new Http2Connection(socket);
  }

  /** Begins a call. */
  call(path: string, events: CallEvents): Call {
    const stream = this.#nextStream;
    this.#nextStream += 2;
    const call: OpenCall = {
      stream,
      onMessage: events.onMessage,
      onEnd: events.onEnd,
      reader: new GrpcMessageReader(events.onMessage),
      waiting: [],
      isLastWaiting: false,
      window: this.#initialWindow,
    };
    this.#calls.set(stream, call);
    const headers = this.#headersOf(path);
    this.#put(frameHeader({ type: FRAME.headers, flags: FLAG.endHeaders, stream, payloadBytes: headers.length }), headers);
    return {
      send: (bytes, isLast) => {
        call.waiting.push(bytes);
        call.isLastWaiting = isLast;
        this.#sendWaiting(call);
      },
    };
  }

  close(): void {
    this.#socket.destroy();
  }

  #headersOf(path: string): Buffer {
    const known = this.#headers.get(path) ?? callHeaders(path);
    this.#headers.set(path, known);
    return known;
  }

  #sendWaiting(call: OpenCall): void {
    for (let next = call.waiting[0]; next !== undefined; next = call.waiting[0]) {
      const length = Math.min(next.length, FRAME_PAYLOAD_MAX, this.#window, call.window);
      if (length <= 0) return;
      if (length === next.length) call.waiting.shift();
      else call.waiting[0] = next.subarray(length);
      const isLast = call.isLastWaiting && call.waiting.length === 0;
      const flags = isLast ? FLAG.endStream : 0;
      this.#put(frameHeader({ type: FRAME.data, flags, stream: call.stream, payloadBytes: length }), next.subarray(0, length));
      this.#window -= length;
      call.window -= length;
    }
  }

  #put(...bytes: readonly Uint8Array[]): void {
    if (this.#outgoing.length === 0) queueMicrotask(() => this.#flush());
    this.#outgoing.push(...bytes);
  }

  #flush(): void {
    this.#socket.write(Buffer.concat(this.#outgoing));
    this.#outgoing = [];
  }

  #read(piece: Buffer): void {
    const bytes = this.#incoming === undefined ? piece : Buffer.concat([this.#incoming, piece]);
    let at = 0;
    while (bytes.length - at >= FRAME_HEADER_BYTES) {
      const start = at + FRAME_HEADER_BYTES;
      const end = start + bytes.readUIntBE(at, 3);
      if (end > bytes.length) break;
      const stream = bytes.readUInt32BE(at + 5) & 0x7fffffff;
      this.#onFrame({ type: bytes[at + 3] ?? 0, flags: bytes[at + 4] ?? 0, stream, payload: bytes.subarray(start, end) });
      at = end;
    }
    this.#incoming = at === bytes.length ? undefined : bytes.subarray(at);
  }

  #onFrame(frame: { readonly type: number; readonly flags: number; readonly stream: number; readonly payload: Buffer }): void {
    const { type, flags, stream, payload } = frame;
    if (type === FRAME.data) {
      if (flags & FLAG.padded) throw new Error("a server that pads its frames was not foreseen");
      this.#calls.get(stream)?.reader.read(payload);
    } else if (type === FRAME.settings && !(flags & FLAG.ack)) this.#onSettings(payload);
    else if (type === FRAME.ping && !(flags & FLAG.ack)) {
      this.#put(frameHeader({ type: FRAME.ping, flags: FLAG.ack, payloadBytes: payload.length }), Buffer.from(payload));
    } else if (type === FRAME.windowUpdate) this.#onWindowUpdate(stream, payload.readUInt32BE());
    else if (type === FRAME.goAway) this.#socket.end();
    const isAnswerFrame = type === FRAME.data || type === FRAME.headers;
    if ((isAnswerFrame && flags & FLAG.endStream) || type === FRAME.reset) this.#end(stream);
  }

  #onSettings(payload: Buffer): void {
    for (let at = 0; at < payload.length; at += SETTING_BYTES) {
      if (payload.readUInt16BE(at) !== SETTING_INITIAL_WINDOW) continue;
      const window = payload.readUInt32BE(at + 2);
      for (const call of this.#calls.values()) call.window += window - this.#initialWindow;
      this.#initialWindow = window;
    }
    this.#put(frameHeader({ type: FRAME.settings, flags: FLAG.ack, payloadBytes: 0 }));
    for (const call of this.#calls.values()) this.#sendWaiting(call);
  }

  #onWindowUpdate(stream: number, bytes: number): void {
    if (stream === 0) {
      this.#window += bytes;
      for (const call of this.#calls.values()) this.#sendWaiting(call);
      return;
    }
    const call = this.#calls.get(stream);
    if (call === undefined) return;
    call.window += bytes;
    this.#sendWaiting(call);
  }

  #end(stream: number): void {
    const call = this.#calls.get(stream);
    this.#calls.delete(stream);
    call?.onEnd();
  }

  #endAll(): void {
    for (const stream of [...this.#calls.keys()]) this.#end(stream);
  }
}
