import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { CommandError } from "./command-error.js";
import { EXIT } from "./exit-code.js";
import { readingStdin } from "./standard-input.js";

/** What stands for standard input in place of a file. */
export const STDIN = "-";

/** What a message calls a file, or `-`. */
export function inputName(file: string): string {
  return file === STDIN ? "standard input" : file;
}

/**
 * The text of a file, or of standard input where it is `-`.
 *
 * @param signal ends the reading of standard input, which may last as long as somebody types
 * @throws CommandError where it cannot be read or is not UTF-8
 */
export async function inputText(file: string, signal: AbortSignal): Promise<string> {
  const bytes = file === STDIN ? await readingStdin(signal, buffer) : await fileBytes(file);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CommandError(EXIT.usage, `${inputName(file)} is not UTF-8`, error);
  }
}

async function fileBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new CommandError(EXIT.usage, `cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}
