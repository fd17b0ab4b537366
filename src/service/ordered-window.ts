/** One thing in a window, with what it weighs. */
interface Weighed<T> {
  readonly item: T;
  readonly weight: number;
}

/**
 * Things that come out in the order in which they went in, while no more than a window's worth waits:
 * `push` resolves once there is room for the next.
 */
export class OrderedWindow<T> implements AsyncIterable<T> {
  readonly #waiting: Weighed<T>[] = [];
  readonly #countMax: number;
  readonly #weightMax: number;
  #weight = 0;
  #isEnded = false;
  #error: unknown;
  #wakeReader: () => void = () => {};
  #wakeWriter: () => void = () => {};

  constructor(max: { readonly count: number; readonly weight: number }) {
    this.#countMax = max.count;
    this.#weightMax = max.weight;
  }

  /** Puts something in and resolves once there is room for more, or the reader has gone. */
  async push(item: T, weight: number): Promise<void> {
    this.#waiting.push({ item, weight });
    this.#weight += weight;
    this.#wakeReader();
    while (!this.#isEnded && (this.#waiting.length >= this.#countMax || this.#weight >= this.#weightMax)) {
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
          this.#weight -= next.weight;
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
