import { once } from "node:events";
import { escapeControls } from "../daemon/escape-controls.js";
import { errorCode } from "../store/error-code.js";
import { EXIT } from "./exit-code.js";

/** Whether a person looks at standard output. */
export function isOnTerminal(): boolean {
  return process.stdout.isTTY === true;
}

/** Writes a line to standard output, and waits where whoever reads it is slower. */
export async function print(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, "drain");
}

/** Writes a line for a person to standard error; controls in it are escaped. */
export function note(line: string): void {
  process.stderr.write(`${escapeControls(line)}\n`);
}

/** Writes a line to standard error where a person looks at it, and nothing elsewhere. */
export function noteOnTerminal(line: string): void {
  if (process.stderr.isTTY === true) note(line);
}

/**
 * Ends the process once its output cannot be written: silently where whoever read it has gone, as a pipe's writer is ended
 * elsewhere (Node ignores SIGPIPE), with one sentence otherwise.
 */
export function endWithOutput(): void {
  process.stdout.on("error", endOnOutputError);
}

/** Takes endWithOutput back: whoever read the output has gone, which is no reason to stop. */
export function outliveOutput(): void {
  process.stdout.off("error", endOnOutputError).on("error", () => {});
}

function endOnOutputError(error: Error): never {
  const code = errorCode(error);
  if (code === "EPIPE") process.exit(EXIT.readerGone);
  note(`seglog: cannot write the output: ${code ?? error.message}`);
  process.exit(EXIT.failed);
}
