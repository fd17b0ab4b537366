import { CommanderError, InvalidArgumentError } from "commander";
import { Code } from "../../gen/google/rpc/code_pb.js";
import { SegmentClientError } from "../client/client-error.js";
import { ConfigError } from "../daemon/config/config-error.js";
import { isSeglogError, type Reason } from "../model/errors.js";
import { adviceOn } from "./advice.js";
import { CommandError, InterruptedError } from "./command-error.js";
import { EXIT, type ExitCode } from "./exit-code.js";

/** How a command ends that failed. */
export interface Failure {
  readonly exitCode: ExitCode;
  /** For standard error; undefined where all has been said. */
  readonly message: string | undefined;
  /** What to do about it, for standard error too. */
  readonly advice?: readonly string[];
}

/** What a command ends with, given what it threw. */
export function failureOf(error: unknown): Failure {
  // Thrown by a parser that commander did not call, so that nobody has told of it yet.
  if (error instanceof InvalidArgumentError) return { exitCode: EXIT.usage, message: error.message };
  if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? EXIT.ok : EXIT.usage, message: undefined };
  if (error instanceof InterruptedError) return { exitCode: EXIT.interrupted, message: undefined };
  if (error instanceof CommandError) return failureOfCommand(error);
  if (error instanceof ConfigError) return { exitCode: EXIT.usage, message: error.message };
  if (error instanceof SegmentClientError) return withAdvice({ exitCode: exitCodeOf(error), message: error.message }, adviceOn(error));
  // What a command refuses itself by the rules that the service has.
  if (isSeglogError(error))
    return withAdvice({ exitCode: EXIT_OF_REASON[error.reason] ?? EXIT.failed, message: error.message }, adviceOn(error));
  return { exitCode: EXIT.failed, message: error instanceof Error ? error.message : String(error) };
}

function failureOfCommand({ exitCode, message, advice }: CommandError): Failure {
  return withAdvice({ exitCode, message }, advice);
}

function withAdvice(failure: Failure, advice: readonly string[]): Failure {
  return advice.length === 0 ? failure : { ...failure, advice };
}

const EXIT_OF_REASON: Readonly<Record<string, ExitCode>> = {
  HEAD_MISMATCH: EXIT.conflict,
  STREAM_FENCED: EXIT.conflict,
  SEGMENT_CHANGED: EXIT.conflict,
  INVALID_FIELD: EXIT.usage,
  REQUEST_ID_REUSED: EXIT.usage,
  SESSION_NOT_FOUND: EXIT.notFound,
  SEGMENT_NOT_FOUND: EXIT.notFound,
  SEGMENT_EXISTS: EXIT.conflict,
  SESSION_EXISTS: EXIT.conflict,
  SEGMENT_DIFFERS: EXIT.conflict,
  BASE_NOT_FOUND: EXIT.notFound,
  HAS_DEPENDENTS: EXIT.conflict,
  TURN_NOT_FOUND: EXIT.notFound,
  PAST_HEAD: EXIT.notFound,
  ENTRY_TOO_LARGE: EXIT.usage,
  STORE_FULL: EXIT.failed,
  TOO_MANY_TAILS: EXIT.unavailable,
  TOO_MANY_IN_FLIGHT: EXIT.unavailable,
  QUOTA_EXCEEDED: EXIT.failed,
  OVERLOADED: EXIT.unavailable,
  FORK_TOO_DEEP: EXIT.failed,
  SLOW_OBSERVER: EXIT.unavailable,
  BAD_TOKEN: EXIT.failed,
  ROLE: EXIT.failed,
  TOKEN_NOT_FOUND: EXIT.notFound,
  TOO_MANY_TOKENS: EXIT.failed,
  STARTING: EXIT.unavailable,
  DRAINING: EXIT.unavailable,
  CHECKSUM_MISMATCH: EXIT.notWhole,
  BAD_RESUME_TOKEN: EXIT.usage,
} satisfies Record<Reason, ExitCode>;

/** For errors of the connection, and for reasons of a newer daemon. */
const EXIT_OF_CODE: ReadonlyMap<number, ExitCode> = new Map([
  [Code.INVALID_ARGUMENT, EXIT.usage],
  [Code.OUT_OF_RANGE, EXIT.notFound],
  [Code.NOT_FOUND, EXIT.notFound],
  [Code.ABORTED, EXIT.conflict],
  [Code.ALREADY_EXISTS, EXIT.conflict],
  [Code.FAILED_PRECONDITION, EXIT.conflict],
  [Code.UNAVAILABLE, EXIT.unavailable],
  [Code.DEADLINE_EXCEEDED, EXIT.unavailable],
  [Code.DATA_LOSS, EXIT.notWhole],
]);

function exitCodeOf({ reason, code }: SegmentClientError): ExitCode {
  return (reason === undefined ? undefined : EXIT_OF_REASON[reason]) ?? EXIT_OF_CODE.get(code) ?? EXIT.failed;
}
