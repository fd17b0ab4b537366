import { CONTROL_BYTES_MAX, CONTROL_BYTES_PER_SECOND } from "../model/limits.js";

/** What has gone over a connection since it began. */
export interface Traffic {
  readonly readBytes: number;
  readonly writtenBytes: number;
  /** Of what was read, that which was content of requests. */
  readonly dataBytes: number;
  readonly callCount: number;
}

const NONE: Traffic = { readBytes: 0, writtenBytes: 0, dataBytes: 0, callCount: 0 };

/**
 * Tells a client that floods from one that talks: what it sends beside its requests has to be in proportion to them and
 * to what it is sent, or little.
 *
 * HTTP/2 has many frames that cost their sender next to nothing: PING, SETTINGS, PRIORITY, WINDOW_UPDATE, padding, headers
 * of calls that never come. nghttp2 knows some of these floods; this knows none by name, and so also the next one.
 */
export class FloodGauge {
  readonly #headerBytesMax: number;
  #before = NONE;
  #beforeMs: number;
  #controlBytes = 0;

  /**
   * @param headerBytesMax what each call may bring for itself, in bytes
   * @param nowMs when the connection began
   */
  constructor(headerBytesMax: number, nowMs: number) {
    this.#headerBytesMax = headerBytesMax;
    this.#beforeMs = nowMs;
  }

  /** Notes what has gone over the connection by now; whether too much of it made no sense. */
  isFlood(now: Traffic, nowMs: number): boolean {
    const { readBytes, writtenBytes, dataBytes, callCount } = this.#before;
    const allowance =
      ((nowMs - this.#beforeMs) / 1000) * CONTROL_BYTES_PER_SECOND +
      (now.callCount - callCount) * this.#headerBytesMax +
      // Frames around content, and the windows that are opened again for answers, are smaller than what they are for.
      (now.dataBytes - dataBytes) +
      (now.writtenBytes - writtenBytes) / 2;
    const control = now.readBytes - readBytes - (now.dataBytes - dataBytes);
    this.#before = now;
    this.#beforeMs = nowMs;
    this.#controlBytes = Math.max(0, this.#controlBytes + control - allowance);
    return this.#controlBytes > CONTROL_BYTES_MAX;
  }
}
