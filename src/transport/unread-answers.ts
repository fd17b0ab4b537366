import { constants, type ServerHttp2Stream } from "node:http2";
import type { HeldShare } from "./held-bytes.js";

/**
 * Answers that were given and are not read yet. A status goes behind the messages before it, and an answer above what
 * HTTP/2 lets go out by itself waits for the caller's window: both would wait for ever.
 */
export class UnreadAnswers {
  readonly #sinceMs = new Map<ServerHttp2Stream, number>();

  /**
   * Watches the stream of an answered call until it is closed.
   *
   * @param share what is held for it, given back then
   */
  watch(stream: ServerHttp2Stream, nowMs: number, share: HeldShare): void {
    if (stream.destroyed) {
      share.set(0);
      return;
    }
    this.#sinceMs.set(stream, nowMs);
    stream.once("close", () => {
      this.#sinceMs.delete(stream);
      share.set(0);
    });
  }

  /** Resets those that have waited since before a time. Their callers see RESOURCE_EXHAUSTED, which is what this code means in gRPC. */
  resetSince(beforeMs: number): void {
    for (const [stream, sinceMs] of this.#sinceMs) {
      if (sinceMs < beforeMs && !stream.closed) stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
      else if (sinceMs < beforeMs) stream.destroy(); // its end was said, and waits behind what is not read
    }
  }
}
