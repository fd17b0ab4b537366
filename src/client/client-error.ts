import type { ServiceError } from "@grpc/grpc-js";
import { Code } from "../../gen/google/rpc/code_pb.js";
import { decodeErrorDetails, ERROR_DETAILS_TRAILER, type ErrorDetails, NO_ERROR_DETAILS } from "../contract/error-details.js";
import type { FieldViolation, Reason } from "../model/errors.js";

/** Why a call failed. */
export class SegmentClientError extends Error implements ErrorDetails {
  override readonly name = "SegmentClientError";
  /** Status code of gRPC. */
  readonly code: number;
  /** Its name, such as `ABORTED`. */
  readonly codeName: string;
  /** The service's reason, such as `HEAD_MISMATCH`; undefined where the error is of the connection. */
  readonly reason: string | undefined;
  /** The service's facts, by name. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Fields at fault. */
  readonly fieldViolations: readonly FieldViolation[];
  /** After how long a retry makes sense, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(code: number, message: string, facts: { readonly details?: ErrorDetails; readonly cause?: unknown } = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    const { reason, metadata, fieldViolations, retryAfterMs } = facts.details ?? NO_ERROR_DETAILS;
    this.code = code;
    this.codeName = Code[code] ?? `CODE_${code}`;
    this.reason = reason;
    this.metadata = metadata;
    this.fieldViolations = fieldViolations;
    this.retryAfterMs = retryAfterMs;
  }
}

/** An error of the service with one of some reasons. */
export type ErrorOfReason<R extends Reason> = SegmentClientError & { readonly reason: R };

/** Whether an error is of the service, with one of these reasons. */
export function hasReason<R extends Reason>(error: unknown, ...reasons: readonly R[]): error is ErrorOfReason<R> {
  const known: readonly (string | undefined)[] = reasons;
  return error instanceof SegmentClientError && known.includes(error.reason);
}

/** The segment is not as its writer believed; it says how it is, so that one call is enough to decide what to do. */
export class HeadMismatchError extends SegmentClientError {
  declare readonly reason: "HEAD_MISMATCH";

  /** Entries that the segment has. */
  get entryCount(): bigint {
    return BigInt(this.metadata["entry_count"] ?? 0);
  }

  /** Position of its last entry. */
  get headPosition(): bigint {
    return BigInt(this.metadata["head_position"] ?? 0);
  }
}

/**
 * The error of a call as this client throws it.
 *
 * @param target what was called, as a person would say it
 */
export function clientError(error: unknown, target: string): unknown {
  if (!isServiceError(error)) return error;
  const trailer = error.metadata.get(ERROR_DETAILS_TRAILER)[0];
  const details = trailer instanceof Buffer ? decodeErrorDetails(trailer) : NO_ERROR_DETAILS;
  return segmentClientError(error.code, message(error, details, target), { details, cause: error });
}

/** An error of the service as the class that knows its facts. */
export function segmentClientError(
  code: number,
  message: string,
  facts: { readonly details?: ErrorDetails; readonly cause?: unknown },
): SegmentClientError {
  const isHeadMismatch = facts.details?.reason === "HEAD_MISMATCH";
  return isHeadMismatch ? new HeadMismatchError(code, message, facts) : new SegmentClientError(code, message, facts);
}

/** The error of a call that does not begin. */
export function cancelledError(message: string, cause: unknown): SegmentClientError {
  return new SegmentClientError(Code.CANCELLED, message, { cause });
}

function message(error: ServiceError, details: ErrorDetails, target: string): string {
  const code: number = error.code; // grpc-js has an enum of its own for the same numbers
  const isUnreachable = code === Code.UNAVAILABLE && details.reason === undefined;
  if (!isUnreachable) return error.details;
  return `cannot reach a daemon at ${target} (${causeOf(error.details)}); is the daemon running? start it with: seglog serve`;
}

/** The system's own word, such as ENOENT, where grpc-js wraps it in several of its. */
function causeOf(details: string): string {
  return /\bE[A-Z]{3,}\b/.exec(details)?.[0] ?? details;
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "code" in error && "details" in error && "metadata" in error;
}
