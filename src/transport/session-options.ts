import type { Limits } from "../model/limits.js";
import { OUTGOING_BYTES } from "./outgoing-responses.js";

const MIB = 1024 * 1024;

/** What all calls of a connection may have sent that was not read off the socket yet, in bytes. Each has a window of its own too. */
export const CONNECTION_WINDOW_BYTES = MIB;

/** Answers to PING and SETTINGS that wait to be sent before a client is taken for one that floods. */
const OUTSTANDING_ACKS_MAX = 10;

/** Most settings in one frame. */
const SETTINGS_MAX = 32;

/** Frames that make no sense before a connection is closed. */
const INVALID_FRAMES_MAX = 100;

/** Calls above the limits before a connection is closed. */
const REJECTED_STREAMS_MAX = 1000;

/** How nghttp2 keeps to the limits. What it leaves open is a connection's own to see to. */
export function sessionOptions(limits: Limits) {
  const { callsPerConnectionMax, headersMax, headerBytesMax, heldBytesPerConnectionMax } = limits;
  return {
    maxHeaderListPairs: headersMax,
    maxOutstandingPings: OUTSTANDING_ACKS_MAX,
    maxOutstandingSettings: OUTSTANDING_ACKS_MAX,
    maxSettings: SETTINGS_MAX,
    maxSessionInvalidFrames: INVALID_FRAMES_MAX,
    maxSessionRejectedStreams: REJECTED_STREAMS_MAX,
    // In MiB, and above what we hold ourselves back at: what each call may have beside that, and what nghttp2 itself needs.
    maxSessionMemory: Math.ceil((heldBytesPerConnectionMax + callsPerConnectionMax * OUTGOING_BYTES) / MIB) + 1,
    settings: { maxConcurrentStreams: callsPerConnectionMax, maxHeaderListSize: headerBytesMax, enablePush: false },
  };
}
