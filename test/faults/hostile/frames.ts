import { FLAG, FRAME, frameHeader } from "../../../bench/load/http2-frames.js";

/** Types of frames that only those send who mean harm, or what a good client of gRPC seldom needs. */
export const ODD_FRAME = { priority: 2, pushPromise: 5, continuation: 9 } as const;

/** What every client says first. */
export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** A frame. */
export function frame(type: number, payload: Uint8Array = Buffer.alloc(0), place: { flags?: number; stream?: number } = {}): Buffer {
  return Buffer.concat([frameHeader({ type, payloadBytes: payload.length, ...place }), payload]);
}

/** Settings, each a number and a value; none says that there are none to say. */
export function settings(...pairs: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(6 * pairs.length);
  for (const [i, [id, value]] of pairs.entries()) {
    payload.writeUInt16BE(id, 6 * i);
    payload.writeUInt32BE(value, 6 * i + 2);
  }
  return frame(FRAME.settings, payload);
}

/** Opens a window by so many bytes; of the connection where no stream is given. */
export function windowUpdate(bytes: number, stream = 0): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes);
  return frame(FRAME.windowUpdate, payload, { stream });
}

/** The headers of a call. */
export function headers(stream: number, block: Uint8Array, flags: number = FLAG.endHeaders): Buffer {
  return frame(FRAME.headers, block, { flags, stream });
}

/** Content of a call. */
export function data(stream: number, bytes: Uint8Array, flags = 0): Buffer {
  return frame(FRAME.data, bytes, { flags, stream });
}

/** Gives a call up. */
export function reset(stream: number, code = 8): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(code);
  return frame(FRAME.reset, payload, { stream });
}
