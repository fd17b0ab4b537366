import type { Change } from "./change.js";

/** Finds changes by position; they are in that order. */
export class ChangePositions {
  readonly #changes: readonly Change[];

  constructor(changes: readonly Change[]) {
    this.#changes = changes;
  }

  /** Number of the last change that begins at a position or before it; -1 where there is none. */
  lastUpTo(position: number): number {
    let [low, high] = [0, this.#changes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#changes[middle]?.firstPosition ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Number of the first change that begins behind a position. */
  firstBehind(position: number): number {
    return this.lastUpTo(position) + 1;
  }
}
