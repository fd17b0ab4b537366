/** Bytes that are held for one connection. Who holds them looks whether it is full, for what has come is there already. */
export class HeldBytes {
  readonly #waiting = new Set<() => void>();
  #bytes = 0;

  /** @param bytesMax with so many it is full */
  constructor(readonly bytesMax: number) {}

  /** Whether no more should be taken. */
  get isFull(): boolean {
    return this.#bytes >= this.bytesMax;
  }

  /** Whether nothing is held. */
  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** Adds what is taken; below 0, what is given back. */
  change(bytes: number): void {
    this.#bytes += bytes;
    if (bytes >= 0 || this.#waiting.size === 0 || this.isFull) return;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Calls back whenever bytes were given back and there is room. Returns its undoing. */
  onRoom(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => this.#waiting.delete(wake);
  }
}

/** What one call has of them. */
export class HeldShare {
  readonly #held: HeldBytes;
  #bytes = 0;

  constructor(held: HeldBytes) {
    this.#held = held;
  }

  /** Holds so many from now on, in place of those before. */
  set(bytes: number): void {
    if (bytes === this.#bytes) return;
    const more = bytes - this.#bytes;
    this.#bytes = bytes;
    this.#held.change(more);
  }
}
