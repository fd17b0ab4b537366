import { EXIT, type ExitCode } from "./exit-code.js";

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

/** Flags contradict each other, or say too little: what is wanted stands in the message. */
export function flagsError(message: string): CommandError {
  return new CommandError(EXIT.usage, message, undefined, ["the command's --help says what each flag does"]);
}

/** A signal ended a command before it was done. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}
