import { constants, type ServerHttp2Stream } from "node:http2";

/**
 * Resets the stream of an answered call whose caller leaves the rest unread, so that what waits for it is freed.
 *
 * grpc-js sends a status behind the messages before it and then waits for ever. The caller sees RESOURCE_EXHAUSTED,
 * which is what ENHANCE_YOUR_CALM means in gRPC.
 *
 * @param unreadMs how long the rest may stay unread, in milliseconds
 */
export function resetUnread(call: object, unreadMs: number): void {
  const stream = http2StreamOf(call);
  if (stream === undefined || stream.closed || stream.destroyed) return;
  const timer = setTimeout(() => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM), unreadMs);
  timer.unref();
  stream.once("close", () => clearTimeout(timer));
}

/** The HTTP/2 stream beneath a call; undefined where a grpc-js of another build keeps it elsewhere. */
function http2StreamOf(call: object): ServerHttp2Stream | undefined {
  // grpc-js has no public way from a call to its stream; the field names are those of the exact version that is pinned.
  const stream = (call as { call?: { stream?: ServerHttp2Stream } }).call?.stream;
  return typeof stream?.close === "function" ? stream : undefined;
}
