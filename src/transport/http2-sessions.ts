import { type IncomingHttpHeaders, performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { RESPONSE_BYTES } from "../model/limits.js";
import { OUTGOING_BYTES } from "./outgoing-responses.js";

const MIB = 1024 * 1024;

/** Most calls open at once on one connection; tails of one process share one. */
export const STREAMS_PER_CONNECTION_MAX = 1024;

/** Longest headers of a call, each name and value with 32 more as HTTP/2 counts them, in bytes. */
export const HEADER_LIST_BYTES_MAX = 16 * 1024;

/** Most headers of a call, those that HTTP/2 itself needs among them. */
const HEADERS_MAX = 64;

/** What all calls of a connection may have sent that was not read off the socket yet, in bytes. Each has a window of its own too. */
const CONNECTION_WINDOW_BYTES = MIB;

/** Answers to PING and SETTINGS that wait to be sent before a client is taken for one that floods. */
const OUTSTANDING_ACKS_MAX = 10;

/** Most settings in one frame. */
const SETTINGS_MAX = 32;

/** Frames that make no sense before a connection is closed. */
const INVALID_FRAMES_MAX = 100;

/** Calls above the limits before a connection is closed. */
const REJECTED_STREAMS_MAX = 1000;

/**
 * What one connection may hold, in MiB, before its calls are refused. Each stream bounds itself: to a response on its
 * way and what is behind it. This is for all of them, and what nghttp2 itself needs.
 */
const SESSION_MEMORY_MIB = (STREAMS_PER_CONNECTION_MAX * (RESPONSE_BYTES + 2 * OUTGOING_BYTES)) / MIB;

/** Clients that open calls to reset them are node:http2's to stop: nghttp2 allows 1,000 resets, and 33 more each second. */
const OPTIONS = {
  maxHeaderListPairs: HEADERS_MAX,
  maxOutstandingPings: OUTSTANDING_ACKS_MAX,
  maxOutstandingSettings: OUTSTANDING_ACKS_MAX,
  maxSettings: SETTINGS_MAX,
  maxSessionInvalidFrames: INVALID_FRAMES_MAX,
  maxSessionRejectedStreams: REJECTED_STREAMS_MAX,
  maxSessionMemory: SESSION_MEMORY_MIB,
  settings: {
    maxConcurrentStreams: STREAMS_PER_CONNECTION_MAX,
    maxHeaderListSize: HEADER_LIST_BYTES_MAX,
    enablePush: false,
  },
};

/** HTTP/2 on connections that others have accepted. */
export class Http2Sessions {
  readonly #open = new Set<ServerHttp2Session>();
  readonly #onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

  /** @param onStream is told of each request once its headers are there */
  constructor(onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void) {
    this.#onStream = onStream;
  }

  /** Serves a connection. */
  serve(socket: Socket): void {
    const session = performServerHandshake(socket, OPTIONS);
    this.#open.add(session);
    // What is wrong with a connection is for its client to mend; it is closed, and the close says all we need.
    session.on("error", () => {});
    session.on("close", () => this.#open.delete(session));
    session.on("stream", this.#onStream);
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
  }

  /** Sends GOAWAY: no new calls. Each connection ends with its last one. */
  drain(): void {
    for (const session of this.#open) session.close();
  }
}
