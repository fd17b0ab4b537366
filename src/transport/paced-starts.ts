/** Streams of one connection that begin to read in one turn of the event loop. */
const STARTS_PER_TURN = 8;

/**
 * Lets the streams of a connection begin a few at a time. Hundreds of requests fit into one read of the socket, and each
 * stream's first step may read a MiB from the store: others would have to wait for all of them.
 */
export class PacedStarts {
  readonly #waiting: { readonly signal: AbortSignal; readonly start: () => void }[] = [];
  #startCount = 0;

  /**
   * Resolves when it is one's turn; undefined where it is already.
   *
   * @param signal who has gone by then takes nobody's turn
   */
  wait(signal: AbortSignal): Promise<void> | undefined {
    if (this.#startCount === 0) setImmediate(() => this.#nextTurn());
    if (this.#startCount < STARTS_PER_TURN) {
      this.#startCount++;
      return undefined;
    }
    return new Promise((start) => this.#waiting.push({ signal, start }));
  }

  #nextTurn(): void {
    this.#startCount = 0;
    while (this.#startCount < STARTS_PER_TURN) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      if (!next.signal.aborted) this.#startCount++;
      next.start();
    }
    if (this.#startCount > 0) setImmediate(() => this.#nextTurn());
  }
}
