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
};

/** What the daemon adds to an entry (index, position, time, the frame of a copied item) may pass the limit by this. */
export const ENTRY_SLACK_BYTES = KIB;

/** Entries in one streamed response come to about this many bytes, unless a single one is larger. */
export const RESPONSE_BYTES = MIB;

/** Longest request id, in characters. */
export const REQUEST_ID_CHARS_MAX = 64;

/** Longest name of a namespace, in characters. */
export const NAMESPACE_CHARS_MAX = 64;

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

/** How long a stop may take, in milliseconds. */
export const STOP_MS_MAX = 5000;

/** Deepest nesting of messages in a request. */
export const NESTING_MAX = 100;

/** Deepest nesting of values in JSON text: as deep as the readers of the JSONL session store go. */
export const JSON_NESTING_MAX = 126;
