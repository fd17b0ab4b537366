/** Counts the calls that are being answered, so that a stop can wait for them. */
export class OpenCalls {
  #count = 0;
  #waiting: (() => void)[] = [];

  /** How many are open. */
  get count(): number {
    return this.#count;
  }

  /** Opens one. */
  begin(): void {
    this.#count++;
  }

  /** Ends one. */
  end(): void {
    this.#count--;
    if (this.#count > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves once none is open. */
  async none(): Promise<void> {
    while (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
