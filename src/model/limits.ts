const KIB = 1024;
const MIB = 1024 * KIB;

/** Limits that an operator may set. Sizes in bytes, times in milliseconds. */
export interface Limits {
  /** Largest entry as sent, in bytes. */
  readonly entryBytesMax: number;
  /** Largest request as sent, in bytes. */
  readonly requestBytesMax: number;
  /** Most entries in one Append, and most items in one SaveDelta. */
  readonly appendEntriesMax: number;
  /** Longest chain of bases above a fork. */
  readonly forkDepthMax: number;
  /** Most tails open at once. */
  readonly tailsMax: number;
  /** Most writes waiting for their commit at once. */
  readonly writesInFlightMax: number;
  /** Most bytes of writes waiting for their commit at once. */
  readonly writeBytesInFlightMax: number;
  /** How long an observer may stand still with data waiting, in milliseconds. */
  readonly slowObserverMs: number;
  /** Most bytes of replayed states that are kept in memory for the next restore; 0 keeps none. */
  readonly keptStateBytesMax: number;
  /** How long a commit may take before the disk counts as hung and the store fails, in milliseconds. */
  readonly hungCommitMs: number;
  /** Most connections open at once. */
  readonly connectionsMax: number;
  /** Most calls open at once on one connection; the tails of one process share one. */
  readonly callsPerConnectionMax: number;
  /** Most tails open at once on one connection. */
  readonly tailsPerConnectionMax: number;
  /** Longest headers of a call, each name and value with 32 more as HTTP/2 counts them, in bytes. */
  readonly headerBytesMax: number;
  /** Most headers of a call, those that HTTP/2 itself needs among them. */
  readonly headersMax: number;
  /** Most calls of one connection that are reset before anything of their answer was sent, in COUNTING_WINDOW_MS. */
  readonly resetsMax: number;
  /** How long a new connection may take to say what HTTP/2 begins with, in milliseconds. */
  readonly handshakeMs: number;
  /** How long a connection without calls is kept, in milliseconds. */
  readonly idleConnectionMs: number;
  /** Time between two PINGs to a client with open calls that makes no new ones, in milliseconds. */
  readonly keepaliveMs: number;
  /** How long a PING may stay unanswered, in milliseconds. */
  readonly keepaliveTimeoutMs: number;
  /** How long a call with one answer may take, and how long the rest of a request that has begun, in milliseconds. */
  readonly unaryCallMs: number;
  /** Most bytes held for one connection, of requests that are not complete and of answers that are not read, each. */
  readonly heldBytesPerConnectionMax: number;
  /** Memory of the process that no file stands behind, above which calls are refused, in bytes. */
  readonly memoryBytesMax: number;
}

/** The limits where nobody set others. */
export const DEFAULT_LIMITS: Limits = {
  entryBytesMax: 3 * MIB,
  requestBytesMax: 4 * MIB,
  appendEntriesMax: 1000,
  forkDepthMax: 1000,
  tailsMax: 1000,
  writesInFlightMax: 4096,
  writeBytesInFlightMax: 64 * MIB,
  slowObserverMs: 5 * 60_000,
  keptStateBytesMax: 64 * MIB,
  hungCommitMs: 30_000,
  connectionsMax: 1024,
  callsPerConnectionMax: 1024,
  tailsPerConnectionMax: 512,
  headerBytesMax: 16 * KIB,
  headersMax: 64,
  resetsMax: 200,
  handshakeMs: 5000,
  // Clients of gRPC close what is idle for half an hour by themselves. Sooner, one that does not look meanwhile loses a call by it.
  idleConnectionMs: 3_600_000,
  keepaliveMs: 20_000,
  keepaliveTimeoutMs: 10_000,
  unaryCallMs: 30_000,
  heldBytesPerConnectionMax: 32 * MIB,
  memoryBytesMax: 1024 * MIB,
};

/** What the daemon adds to an entry (index, position, time, the frame of a copied item) may pass the limit by this. */
export const ENTRY_SLACK_BYTES = KIB;

/** Entries in one streamed response come to about this many bytes, unless a single one is larger. */
export const RESPONSE_BYTES = MIB;

/** Longest request id, in characters. */
export const REQUEST_ID_CHARS_MAX = 64;

/** Longest name of a namespace, in characters. */
export const NAMESPACE_CHARS_MAX = 64;

/** Most tokens of a store. */
export const TOKENS_MAX = 10_000;

/** Longest name of a token, in characters. */
export const TOKEN_NAME_CHARS_MAX = 100;

/** How long a token whose time is over is listed, in milliseconds; then a new one may take its place. */
export const TOKEN_EXPIRED_KEPT_MS = 7 * 24 * 3_600_000;

/** Connections that may be in their TLS handshake at once; the oldest makes room for a new one. */
export const TLS_HANDSHAKES_MAX = 256;

/** How long a TLS handshake may take, in milliseconds. */
export const TLS_HANDSHAKE_MS_MAX = 5000;

/** How long a request id and its answer are kept, in milliseconds. */
export const REQUEST_ID_KEPT_MS = 24 * 3_600_000;

/** Rows of a list where the caller does not say. */
export const PAGE_SIZE_DEFAULT = 100;

/** Most rows of a list. */
export const PAGE_SIZE_MAX = 1000;

/** Time between heartbeats where the observer does not say, in milliseconds. */
export const HEARTBEAT_DEFAULT_MS = 15_000;

/** Least time between heartbeats, in milliseconds. */
export const HEARTBEAT_MIN_MS = 1000;

/** Units of one AppendStream that may wait for their answers before the stream is read on. */
export const STREAM_WINDOW_UNITS = 256;

/** Bytes of one AppendStream's units that may wait for their answers before the stream is read on. */
export const STREAM_WINDOW_BYTES = 8 * MIB;

/** Longest path of a backup, in bytes. */
export const BACKUP_PATH_BYTES_MAX = 4000;

/** What a backup leaves on each disk that it writes to or has grow, in bytes: more than the store itself needs to go on. */
export const BACKUP_ROOM_LEFT_BYTES = 128 * MIB;

/** Time between two messages about how far a backup is, in milliseconds. */
export const BACKUP_PROGRESS_MS = 500;

/** How long a stop may take, in milliseconds. */
export const STOP_MS_MAX = 5000;

/** Deepest nesting of messages in a request. */
export const NESTING_MAX = 100;

/** Deepest nesting of values in JSON text: as deep as the readers of the JSONL session store go. */
export const JSON_NESTING_MAX = 126;

/** In which time resets of calls and SETTINGS are counted, in milliseconds. */
export const COUNTING_WINDOW_MS = 10_000;

/** What a connection may send in one go that is neither headers of calls nor requests, such as PINGs, in bytes. */
export const CONTROL_BYTES_MAX = 256 * KIB;

/** What it may send of that again each second, in bytes. */
export const CONTROL_BYTES_PER_SECOND = 64 * KIB;

/** Most SETTINGS of one connection; a client that is well says what it likes when it begins, and seldom anything later. */
export const SETTINGS_FRAMES_MAX = 100;

/** How long a connection has to be without calls before it may have to make room for a new one, in milliseconds. */
export const EVICTED_IDLE_MS_MIN = 1000;

/** How long a call may stand still while memory is short, in milliseconds. */
export const SHORT_MEMORY_STANDSTILL_MS = 1000;

/**
 * Most calls of one connection that its client leaves, in CANCELS_WINDOW_MS. A little below what nghttp2 allows (1,000, and 33
 * a second for long): that ends a session with INTERNAL_ERROR, and Node 20 leaves its socket open then.
 */
export const CANCELS_MAX = 900;

/** In which time calls that are left are counted, in milliseconds. */
export const CANCELS_WINDOW_MS = 30_000;
