import type { ExitCode } from "./exit-code.js";

/** A command cannot do what it was asked to. The message is for the person who typed it. */
export class CommandError extends Error {
  override readonly name = "CommandError";

  constructor(
    readonly exitCode: ExitCode,
    message: string,
    cause?: unknown,
    /** What to do about it, as lines that follow the message. */
    readonly advice: readonly string[] = [],
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** A signal ended a command before it was done. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}
