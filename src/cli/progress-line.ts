import type { BackupPhase } from "../store/store-backups.js";
import { sizeText } from "./size-text.js";

const TO_LINE_START = "\r";
const ERASE_LINE = "\x1b[K";

/** How far something is, on one line of the terminal that standard error is; nothing where it is none. */
export class ProgressLine {
  readonly #isShown = process.stderr.isTTY === true;

  show({ phase, doneBytes, totalBytes }: { readonly phase: BackupPhase; readonly doneBytes: number; readonly totalBytes: number }): void {
    if (this.#isShown) process.stderr.write(`${TO_LINE_START}${progressText(phase, doneBytes, totalBytes)}${ERASE_LINE}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#isShown) process.stderr.write(`${TO_LINE_START}${ERASE_LINE}`);
  }
}

/** How far something is: `copying     45 %  12.3 MiB of 27.0 MiB`. */
export function progressText(phase: BackupPhase, doneBytes: number, totalBytes: number): string {
  const name = phase.padEnd("verifying".length);
  if (phase !== "copying") return `${name}        ${sizeText(BigInt(totalBytes))}`;
  // What there is to do is an estimate: it may be too low.
  const percent = totalBytes === 0 ? 0 : Math.min(100, Math.floor((100 * doneBytes) / totalBytes));
  return `${name}  ${String(percent).padStart(3)} %  ${sizeText(BigInt(doneBytes))} of ${sizeText(BigInt(totalBytes))}`;
}
