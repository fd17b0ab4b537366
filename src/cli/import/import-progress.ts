import { counted } from "../count-text.js";
import type { ProgressLine } from "../progress-line.js";

/** Tells a progress line how far an import is. */
export class ImportProgress {
  #segmentCount = 0;
  #entryCount = 0;
  #currentCount = 0;

  constructor(readonly line: Pick<ProgressLine, "isShown" | "show">) {}

  /** So many entries of the segment under way are read. */
  atEntry(count: number): void {
    if (!this.line.isShown) return;
    this.#currentCount = count;
    const entries = counted(this.#entryCount + count, "entry");
    this.line.show(`importing  ${counted(this.#segmentCount, "segment")} done, ${entries}`);
  }

  /** The segment under way is done. */
  segmentDone(): void {
    this.#segmentCount++;
    this.#entryCount += this.#currentCount;
    this.#currentCount = 0;
    this.atEntry(0);
  }
}
