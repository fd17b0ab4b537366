import { grpcMessage } from "./grpc-messages.js";
import { callHeaders, FLAG, FRAME, FRAME_HEADER_BYTES, frameHeader } from "./http2-frames.js";

/*
 * As much of HTTP/2 as one request on a connection of its own takes, so that reading costs next to nothing and what
 * is measured is the sender: the windows are as large as can be and never close, answers' headers are not read.
 */
const WINDOW_MAX = 2 ** 31 - 1;
const WINDOW_DEFAULT = 65_535;
const SETTING_INITIAL_WINDOW = 4;
const STREAM = 1;

/** What a client says first: the preface, and windows that do not close before 2 GiB. */
export function openingBytes(): Buffer {
  const settings = Buffer.alloc(6);
  settings.writeUInt16BE(SETTING_INITIAL_WINDOW);
  settings.writeUInt32BE(WINDOW_MAX, 2);
  const update = Buffer.alloc(4);
  update.writeUInt32BE(WINDOW_MAX - WINDOW_DEFAULT);
  const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  return Buffer.concat([preface, frame(FRAME.settings, settings), frame(FRAME.windowUpdate, update)]);
}

/** The one request: a gRPC call with one message. */
export function requestBytes(path: string, message: Uint8Array): Buffer {
  return Buffer.concat([
    frame(FRAME.headers, callHeaders(path), { flags: FLAG.endHeaders, stream: STREAM }),
    frame(FRAME.data, grpcMessage(message), { flags: FLAG.endStream, stream: STREAM }),
  ]);
}

/** What a reader of frames tells. */
export interface FrameEvents {
  /** Bytes of the answer, in a buffer that is used again afterwards. */
  onData(bytes: Uint8Array, start: number, end: number): void;
  /** The server has sent its settings, which ask for an acknowledgement. */
  onSettings(): void;
  /** The answer or the connection is at its end. */
  onEnd(): void;
}

/** The acknowledgement of settings. */
export const SETTINGS_ACK = frameHeader({ type: FRAME.settings, flags: FLAG.ack, payloadBytes: 0 });

/** Takes what comes on a connection apart into frames, in whatever pieces it comes. */
export class FrameReader {
  readonly #events: FrameEvents;
  readonly #header = Buffer.alloc(FRAME_HEADER_BYTES);
  #headerBytes = 0;
  #bytesLeft = 0;

  constructor(events: FrameEvents) {
    this.#events = events;
  }

  read(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#headerBytes < FRAME_HEADER_BYTES) {
        this.#header[this.#headerBytes++] = bytes[at++] ?? 0;
        if (this.#headerBytes < FRAME_HEADER_BYTES) continue;
        this.#bytesLeft = this.#header.readUIntBE(0, 3);
      }
      const end = Math.min(at + this.#bytesLeft, bytes.length);
      if (this.#header[3] === FRAME.data) this.#events.onData(bytes, at, end);
      this.#bytesLeft -= end - at;
      at = end;
      if (this.#bytesLeft === 0) this.#endFrame();
    }
  }

  #endFrame(): void {
    this.#headerBytes = 0;
    const [type, flags] = this.#header.subarray(3);
    if (type === FRAME.settings && flags !== FLAG.ack) this.#events.onSettings();
    const isLast = (type === FRAME.data || type === FRAME.headers) && ((flags ?? 0) & FLAG.endStream) !== 0;
    if (isLast || type === FRAME.reset || type === FRAME.goAway) this.#events.onEnd();
  }
}

function frame(type: number, payload: Uint8Array, place: { readonly flags?: number; readonly stream?: number } = {}): Buffer {
  return Buffer.concat([frameHeader({ type, payloadBytes: payload.length, ...place }), payload]);
}
