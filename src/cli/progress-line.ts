import { beginningOf, shownControls } from "./one-line.js";

const TO_LINE_START = "\r";
const ERASE_LINE = "\x1b[K";

/** Least time between two drawings, in milliseconds: faster than that nobody reads. */
const PAUSE_MS = 100;

/** Columns of a terminal that does not tell how many it has. */
const DEFAULT_COLUMNS = 80;

/** Where a line is drawn: standard error, or what stands for it. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * How far something is, on one line of the terminal that standard error is; nothing where it is none.
 *
 * Whoever prints something else meanwhile takes the line away first, and once more in the end.
 */
export class ProgressLine {
  /** Whether anybody sees it; where nobody does, nothing need be counted for it. */
  readonly isShown: boolean;
  readonly #output: ProgressOutput;
  #nextMs = 0;
  #waiting: { readonly timer: NodeJS.Timeout; text: string } | undefined;

  constructor(output: ProgressOutput = process.stderr) {
    this.#output = output;
    this.isShown = output.isTTY === true;
  }

  /** Shows a text in the place of the one before: at once, or, where that one is fresh, a moment later the last of those told. */
  show(text: string): void {
    if (!this.isShown) return;
    if (this.#waiting !== undefined) {
      this.#waiting.text = text;
      return;
    }
    const waitMs = this.#nextMs - Date.now();
    if (waitMs <= 0) this.#draw(text);
    else this.#waiting = { text, timer: setTimeout(() => this.#drawWaiting(), waitMs).unref() };
  }

  /** Takes the line away. */
  clear(): void {
    if (!this.isShown) return;
    clearTimeout(this.#waiting?.timer);
    this.#waiting = undefined;
    this.#output.write(`${TO_LINE_START}${ERASE_LINE}`);
  }

  #drawWaiting(): void {
    const text = this.#waiting?.text;
    this.#waiting = undefined;
    if (text !== undefined) this.#draw(text);
  }

  #draw(text: string): void {
    this.#nextMs = Date.now() + PAUSE_MS;
    const columns = this.#output.columns || DEFAULT_COLUMNS; // one without a size says 0
    // A line that the terminal wraps cannot be taken away.
    this.#output.write(`${TO_LINE_START}${beginningOf(shownControls(text), columns - 1)}${ERASE_LINE}`);
  }
}
