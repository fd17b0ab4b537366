/**
 * Every error that the service has for its callers, by the reason that stands in ErrorInfo.
 * The status code of each is the transport's to say.
 */
export type Reason =
  | "HEAD_MISMATCH"
  | "STREAM_FENCED"
  | "SEGMENT_CHANGED"
  | "INVALID_FIELD"
  | "REQUEST_ID_REUSED"
  | "SESSION_NOT_FOUND"
  | "SEGMENT_NOT_FOUND"
  | "SEGMENT_EXISTS"
  | "SESSION_EXISTS"
  | "SEGMENT_DIFFERS"
  | "BASE_NOT_FOUND"
  | "HAS_DEPENDENTS"
  | "TURN_NOT_FOUND"
  | "PAST_HEAD"
  | "ENTRY_TOO_LARGE"
  | "STORE_FULL"
  | "TOO_MANY_TAILS"
  | "TOO_MANY_IN_FLIGHT"
  | "OVERLOADED"
  | "FORK_TOO_DEEP"
  | "QUOTA_EXCEEDED"
  | "SLOW_OBSERVER"
  | "BAD_TOKEN"
  | "ROLE"
  | "TOKEN_NOT_FOUND"
  | "TOO_MANY_TOKENS"
  | "STARTING"
  | "DRAINING"
  | "CHECKSUM_MISMATCH"
  | "BAD_RESUME_TOKEN";

/** One field of a request that breaks a rule. */
export interface FieldViolation {
  /** Where, such as `entries[3].extension.payload_json`. */
  readonly field: string;
  /** What is wrong with it, without its value. */
  readonly description: string;
}

/** What goes with a reason. */
export interface ErrorFacts {
  /** Facts by name, sent in ErrorInfo. Never a payload. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Fields at fault, sent as BadRequest. */
  readonly fieldViolations?: readonly FieldViolation[];
  /** After how long a retry makes sense, in milliseconds, sent as RetryInfo. */
  readonly retryAfterMs?: number;
  /** What raised it. Logged, never sent. */
  readonly cause?: unknown;
}

/** An error of the closed set above: what every layer throws for a caller to see. */
export class SeglogError extends Error {
  override readonly name = "SeglogError";
  /** Facts by name. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Fields at fault. */
  readonly fieldViolations: readonly FieldViolation[];
  /** After how long a retry makes sense, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly reason: Reason,
    message: string,
    facts: ErrorFacts = {},
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.metadata = facts.metadata ?? {};
    this.fieldViolations = facts.fieldViolations ?? [];
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** Whether an error is one of the set, and of this reason where one is given. */
export function isSeglogError(error: unknown, reason?: Reason): error is SeglogError {
  return error instanceof SeglogError && (reason === undefined || error.reason === reason);
}

/** A field breaks a rule. `description` reads on from the field's name and never repeats its value. */
export function invalidField(field: string, description: string): SeglogError {
  return new SeglogError("INVALID_FIELD", `${field} ${description}`, {
    fieldViolations: [{ field, description }],
    metadata: { field },
  });
}

/** No such session. */
export function sessionNotFound(sessionId: string): SeglogError {
  return new SeglogError("SESSION_NOT_FOUND", `there is no session ${sessionId}`, { metadata: { session_id: sessionId } });
}

/** No such segment. */
export function segmentNotFound(segmentId: string): SeglogError {
  return new SeglogError("SEGMENT_NOT_FOUND", `there is no segment ${segmentId}`, { metadata: { segment_id: segmentId } });
}

/** A precondition does not hold. Carries the head as it is, so that the writer can decide at once. */
export function headMismatch(head: {
  readonly segmentId: string;
  readonly entryCount: number;
  readonly headPosition: number;
}): SeglogError {
  return new SeglogError(
    "HEAD_MISMATCH",
    `segment ${head.segmentId} has ${head.entryCount} entries and its head at position ${head.headPosition}, not what the writer believes`,
    {
      metadata: {
        segment_id: head.segmentId,
        entry_count: String(head.entryCount),
        head_position: String(head.headPosition),
      },
    },
  );
}

/** What was asked for lies past the end. */
export function pastHead(what: string, facts: Readonly<Record<string, string>>): SeglogError {
  return new SeglogError("PAST_HEAD", what, { metadata: facts });
}

/** An entry, or what it comes to, is above the limit. Both sizes in bytes. */
export function entryTooLarge(path: string, bytes: number, limitBytes: number): SeglogError {
  return new SeglogError("ENTRY_TOO_LARGE", `${path} has ${bytes} bytes, the limit is ${limitBytes}`, {
    metadata: { field: path, byte_size: String(bytes), entry_bytes_max: String(limitBytes) },
  });
}

/** A namespace may take up no more. The facts say of what, how much it may, and how much it has. */
export function quotaExceeded(facts: {
  readonly namespace: string;
  readonly quota: "sessions_max" | "bytes_max" | "tails_max" | "entries_per_second_max";
  readonly limit: number;
  readonly used: number;
  readonly retryAfterMs?: number;
}): SeglogError {
  const { namespace, quota, limit, used, retryAfterMs } = facts;
  return new SeglogError("QUOTA_EXCEEDED", `namespace ${namespace} is at its quota: ${quota} is ${limit}, and ${used} are used`, {
    metadata: { namespace_id: namespace, quota, limit: String(limit), used: String(used) },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** A segment was cut back or deleted while it was read. */
export function segmentChanged(segmentId: string): SeglogError {
  return new SeglogError("SEGMENT_CHANGED", `segment ${segmentId} was cut back or deleted while it was read; read it again`, {
    metadata: { segment_id: segmentId },
  });
}

/** Stored bytes fail their checksum: those of a segment at an index, as far as they belong to one. */
export function checksumMismatch(where: { readonly segmentId: string | undefined; readonly index: number | undefined }): SeglogError {
  const { segmentId, index } = where;
  const what = segmentId === undefined ? "of no segment that could be told" : `of segment ${segmentId}`;
  return new SeglogError(
    "CHECKSUM_MISMATCH",
    `stored bytes ${what}${index === undefined ? "" : ` at index ${index}`} fail their checksum`,
    {
      metadata: {
        ...(segmentId !== undefined && { segment_id: segmentId }),
        ...(index !== undefined && { index: String(index) }),
      },
    },
  );
}

/** The daemon is on its way down. */
export function draining(): SeglogError {
  return new SeglogError("DRAINING", "the daemon is stopping; connect again and go on", { retryAfterMs: 1000 });
}

/** The daemon has too little memory for more. */
export function overloaded(memoryBytesMax: number): SeglogError {
  return new SeglogError(
    "OVERLOADED",
    `the daemon uses more memory than the ${memoryBytesMax} bytes that it may; nothing was done, try again`,
    {
      metadata: { memory_bytes_max: String(memoryBytesMax) },
      retryAfterMs: 1000,
    },
  );
}

/** A connection's unfinished requests, or its unread answers, are above what is held for one. */
export function tooMuchHeld(what: "requests that are not complete" | "answers that are not read", bytesMax: number): SeglogError {
  return new SeglogError("TOO_MANY_IN_FLIGHT", `of ${what} more than ${bytesMax} bytes are held for this connection; nothing was done`, {
    metadata: { held_bytes_per_connection_max: String(bytesMax) },
    retryAfterMs: 100,
  });
}
