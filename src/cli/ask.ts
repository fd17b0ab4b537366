import { createInterface } from "node:readline/promises";
import { escapeControls } from "../daemon/escape-controls.js";
import { CommandError } from "./command-error.js";
import { EXIT } from "./exit-code.js";

/** Whether a person can be asked: types here, and sees the question. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** The flag that a command has which asks before it takes something away. */
export interface AskOptions {
  readonly yes?: boolean;
}

/**
 * Refuses where nobody could be asked and nobody said yes beforehand.
 *
 * @throws CommandError
 */
export function checkCanAsk({ yes }: AskOptions): void {
  if (yes === true || canAsk()) return;
  throw new CommandError(EXIT.usage, "this takes away what was logged, and there is no terminal to ask at; --yes does it without asking");
}

/**
 * Asks a person whether to go on, on standard error, so that standard output stays a result's.
 *
 * @throws CommandError where the answer is anything but yes
 */
export async function ask(question: string, signal: AbortSignal): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // It takes Ctrl-C away from the process, and gives end of input no answer.
  const ended = new AbortController();
  terminal.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  terminal.once("close", () => ended.abort());
  try {
    const answer = await terminal.question(`${escapeControls(question)} [y/N] `, { signal: AbortSignal.any([signal, ended.signal]) });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } catch (error) {
    if (signal.aborted || !ended.signal.aborted) throw error;
  } finally {
    terminal.close();
  }
  throw new CommandError(EXIT.failed, "nothing was taken away");
}
