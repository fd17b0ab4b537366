import { errorCode } from "../store/error-code.js";

/** What is logged of an error. */
export interface LoggedError {
  readonly name: string;
  /** Left out where it may quote what somebody sent. */
  readonly message?: string;
  /** Such as `ENOSPC`, or the reason of a SeglogError. */
  readonly code?: string;
  /** Frames, innermost first. */
  readonly stack?: readonly string[];
  readonly cause?: LoggedError;
}

/** Causes of causes that are logged. */
const CAUSE_DEPTH_MAX = 5;

const FRAMES_MAX = 20;

/**
 * Errors whose messages quote their input: JSON.parse and BigInt throw SyntaxErrors with a piece of
 * the text in them, protobuf-es a FieldError with the value.
 */
const QUOTING = new Set(["SyntaxError", "FieldError"]);

/** What is logged of anything that was thrown: an error with its causes, or only the type of what is none. */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { name: `thrown ${error === null ? "null" : typeof error}` };
  const code = errorCode(error) ?? reasonOf(error);
  const cause = error.cause === undefined || depth === CAUSE_DEPTH_MAX ? undefined : loggedError(error.cause, depth + 1);
  return {
    name: error.name,
    ...(QUOTING.has(error.name) ? {} : { message: error.message }),
    ...(code === undefined ? {} : { code }),
    stack: framesOf(error),
    ...(cause === undefined ? {} : { cause }),
  };
}

function reasonOf(error: Error): string | undefined {
  return "reason" in error && typeof error.reason === "string" ? error.reason : undefined;
}

/** The frames alone: what stands above them repeats the message. */
function framesOf({ stack = "" }: Error): readonly string[] {
  return stack
    .split("\n")
    .filter((line) => /^ {4}at /.test(line))
    .slice(0, FRAMES_MAX)
    .map((line) => line.trim());
}
