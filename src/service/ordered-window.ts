/** How much there is of something. */
interface Size {
  readonly count: number;
  readonly bytes: number;
}

/**
 * Things that come out in the order in which they went in, while no more than a window's worth waits:
 * `push` resolves once there is room for the next.
 */
export class OrderedWindow<T> implements AsyncIterable<T> {
  readonly #waiting: { readonly item: T; readonly size: Size }[] = [];
  readonly #max: Size;
  #count = 0;
  #bytes = 0;
  #isEnded = false;
  #error: unknown;
  #wakeReader: () => void = () => {};
  #wakeWriter: () => void = () => {};

  constructor(max: Size) {
    this.#max = max;
  }

  /** Puts something in and resolves once there is room for more, or the reader has gone. */
  async push(item: T, size: Size): Promise<void> {
    this.#waiting.push({ item, size });
    this.#count += size.count;
    this.#bytes += size.bytes;
    this.#wakeReader();
    while (!this.#isEnded && (this.#count >= this.#max.count || this.#bytes >= this.#max.bytes)) {
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve;
      });
    }
  }

  /** Nothing more comes; `error` where that is why. */
  end(error?: unknown): void {
    this.#isEnded = true;
    this.#error = error;
    this.#wakeReader();
    this.#wakeWriter();
  }

  /** Whether the end was told, by either side. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    try {
      for (;;) {
        const next = this.#waiting.shift();
        if (next !== undefined) {
          yield next.item;
          this.#count -= next.size.count;
          this.#bytes -= next.size.bytes;
          this.#wakeWriter();
        } else if (this.#isEnded) {
          if (this.#error !== undefined) throw this.#error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wakeReader = resolve;
          });
        }
      }
    } finally {
      this.end();
    }
  }
}
