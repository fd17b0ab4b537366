import { constants, type ServerHttp2Stream } from "node:http2";

/**
 * Resets the stream of an answered call whose caller leaves the answer unread, so that what waits for it is freed. A
 * status goes behind the messages before it, and would wait for ever. The caller sees RESOURCE_EXHAUSTED, which is what
 * ENHANCE_YOUR_CALM means in gRPC.
 *
 * @param unreadMs how long the rest may stay unread, in milliseconds
 */
export function resetUnread(stream: ServerHttp2Stream, unreadMs: number): void {
  if (stream.closed || stream.destroyed) return;
  const timer = setTimeout(() => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM), unreadMs);
  timer.unref();
  stream.once("close", () => clearTimeout(timer));
}
