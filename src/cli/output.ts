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

/** Ends the process once whoever reads its output has gone, as a pipe's writer is ended elsewhere: Node ignores SIGPIPE. */
export function endWithReader(): void {
  process.stdout.on("error", (error) => {
    if (errorCode(error) === "EPIPE") process.exit(EXIT.readerGone);
    throw error;
  });
}
