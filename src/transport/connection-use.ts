import type { Limits } from "../model/limits.js";
import { HeldBytes } from "./held-bytes.js";
import { UnreadAnswers } from "./unread-answers.js";

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
  /** Calls since it began. */
  callCount = 0;
  /** Content of requests since it began, in bytes. */
  dataBytes = 0;
  /** The time of the last sweep, which is exact enough for those who wait for seconds, in milliseconds. */
  nowMs: number;

  constructor({ heldBytesPerConnectionMax }: Pick<Limits, "heldBytesPerConnectionMax">, nowMs: number) {
    this.received = new HeldBytes(heldBytesPerConnectionMax);
    this.unread = new HeldBytes(heldBytesPerConnectionMax);
    this.nowMs = nowMs;
  }
}
