import { SeglogError } from "../model/errors.js";
import type { TokenRecord } from "../store/token-store.js";

/** A token that is accepted, until it ends: by being revoked, or by its time. */
export class LiveToken {
  readonly record: TokenRecord;
  readonly #listeners = new Set<(error: SeglogError) => void>();
  #isEnded = false;

  constructor(record: TokenRecord) {
    this.record = record;
  }

  /** Whether it is not accepted any more. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Calls back once it ends; at once where it has. Returns its undoing. */
  readonly onEnd = (listener: (error: SeglogError) => void): (() => void) => {
    if (this.#isEnded) listener(this.ended());
    else this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Ends it, for all who hold it. */
  end(): void {
    this.#isEnded = true;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener(this.ended());
  }

  /** What its callers are told once it has ended. */
  ended(): SeglogError {
    const { tokenId } = this.record;
    return new SeglogError("BAD_TOKEN", "the token has expired or was revoked", { metadata: { token_id: tokenId } });
  }
}
