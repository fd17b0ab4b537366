import { constants, type ServerHttp2Stream } from "node:http2";

/**
 * Tells a caller, behind the status of its call, that the rest of its request is not wanted, as HTTP/2 wants it told:
 * RST_STREAM with NO_ERROR. Without it the stream would stay open as long as the caller likes.
 */
export function leaveUnread(stream: ServerHttp2Stream): void {
  if (stream.readableEnded) return;
  // Trailers go out in the check phase; a reset before them would take their place.
  setImmediate(() => {
    stream.close(constants.NGHTTP2_NO_ERROR);
    stream.resume(); // a stream is destroyed once all that came was read
  });
}
