/** Something that others wait for: each wait ends with the next change. */
export class Change {
  #waiting: (() => void)[] = [];

  /** Resolves at the next change. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Ends all waits. */
  tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
