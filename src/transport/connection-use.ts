import type { Limits } from "../model/limits.js";
import { HeldBytes } from "./held-bytes.js";
import { PacedStarts } from "./paced-starts.js";
import { UnreadAnswers } from "./unread-answers.js";

/** After so many pieces of requests it is looked whether they make sense: thousands may come before the next sweep. */
const CHUNKS_BETWEEN_LOOKS = 256;

/** A call that is looked after while it is open. */
export interface SweptCall {
  /**
   * Looks after what takes time.
   *
   * @param unaryCallMs how long it may be waited for, in milliseconds
   * @param standsSinceMs who has stood still since before then is reset, where this is set: memory is short
   */
  sweep(unaryCallMs: number, standsSinceMs: number | undefined): void;
}

/** What one connection uses of the daemon. Calls count themselves in it; its sweep looks at it a few times a second. */
export class ConnectionUse {
  /** Those that are not answered. */
  readonly calls = new Set<SweptCall>();
  /** Of requests that are not complete, or not taken. */
  readonly received: HeldBytes;
  /** Of answers that the caller has not read. */
  readonly unread: HeldBytes;
  readonly unreadAnswers = new UnreadAnswers();
  readonly starts = new PacedStarts();
  /** Calls since it began. */
  callCount = 0;
  /** Is called once in a while as content comes, in less time than a sweep would take. */
  onMuchContent = (): void => {};
  /** The time of the last sweep, which is exact enough for those who wait for seconds, in milliseconds. */
  nowMs: number;

  #dataBytes = 0;
  #chunkCount = 0;

  constructor({ heldBytesPerConnectionMax }: Pick<Limits, "heldBytesPerConnectionMax">, nowMs: number) {
    this.received = new HeldBytes(heldBytesPerConnectionMax);
    this.unread = new HeldBytes(heldBytesPerConnectionMax);
    this.nowMs = nowMs;
  }

  /** Content of requests since it began, in bytes. */
  get dataBytes(): number {
    return this.#dataBytes;
  }

  /** Counts a piece of a request. */
  noteContent(bytes: number): void {
    this.#dataBytes += bytes;
    if (++this.#chunkCount % CHUNKS_BETWEEN_LOOKS === 0) this.onMuchContent();
  }
}
