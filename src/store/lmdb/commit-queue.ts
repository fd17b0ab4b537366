import { draining, SeglogError } from "../../model/errors.js";
import type { Limits } from "../../model/limits.js";
import { NO_QUOTAS } from "../../model/namespace-quota.js";
import type { CommitNotice } from "../feed.js";
import { NamespaceLedger } from "../namespace-ledger.js";
import type { Engine } from "./engine.js";
import type { SpaceGuard } from "./space-guard.js";
import { Transaction } from "./transaction.js";

/** Most bytes that share a commit, unless a single write is larger. */
const COMMIT_BYTES_MAX = 16 * 1024 * 1024;

/** Most writes that share a commit. */
const COMMIT_WRITES_MAX = 2048;

/** One write that waits for its commit. */
interface Write {
  readonly bytes: number;
  /** Whether it counts against the limits of what is in flight. */
  readonly isCounted: boolean;
  readonly work: (tx: Transaction) => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/** What the queue needs. */
export interface CommitQueueOptions {
  readonly engine: Engine;
  readonly limits: Limits;
  /** Most keys that one step of a removal removes. */
  readonly purgeStepKeys: number;
  readonly nowMs: () => number;
  readonly space: SpaceGuard;
  /** Counts what namespaces take up; where unset, none has a quota. */
  readonly ledger?: NamespaceLedger;
  /** Position of the last thing in the feed. */
  readonly headPosition: number;
}

/**
 * Runs writes one after the other, many to a commit (group commit), and answers them when that commit
 * is durable. While one commit is flushed the next ones' writes gather.
 *
 * 1. A write waits in the queue; its bytes and its number count against the limits.
 * 2. The next commit takes what has gathered, and runs each write against the transaction.
 * 3. LMDB writes the pages, flushes, writes its root and flushes that.
 * 4. The new head position is told, then each write is answered.
 *
 * The first error of the storage is the last thing that happens: nothing is answered after it, and
 * `failure` says so, for after a failed flush nobody knows what is on the disk.
 */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  /** What namespaces take up. */
  readonly ledger: NamespaceLedger;
  readonly #waiting: Write[] = [];
  readonly #listeners = new Set<(notice: CommitNotice) => void>();
  readonly failure: Promise<Error>;
  #fail: (error: Error) => void = () => {};
  #headPosition: number;
  #feedEpoch = 0;
  #isRemoving = false;
  #bytesInFlight = 0;
  #writesInFlight = 0;
  #isRunning = false;
  #isClosed = false;
  #failed: Error | undefined;
  #idle: (() => void)[] = [];

  constructor(options: CommitQueueOptions) {
    this.#options = options;
    this.ledger = options.ledger ?? new NamespaceLedger(NO_QUOTAS);
    this.#headPosition = options.headPosition;
    this.failure = new Promise((resolve) => {
      this.#fail = resolve;
    });
  }

  /** Position of the last durable thing in the feed. */
  get headPosition(): number {
    return this.#headPosition;
  }

  /** See SegmentStore.feedEpoch. */
  get feedEpoch(): number | undefined {
    return this.#isRemoving ? undefined : this.#feedEpoch;
  }

  /** Calls back after each durable commit that grew the feed. Returns its undoing. */
  onCommit(listener: (notice: CommitNotice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Runs a write and resolves with its result once that is durable. A SeglogError that it throws before its first put
   * refuses it and leaves no trace.
   *
   * @param bytes about how much it writes
   * @throws SeglogError TOO_MANY_IN_FLIGHT, STORE_FULL (where it does not grow: only on a disk without any room), DRAINING once closed
   */
  run<Result>({ bytes, grows }: { readonly bytes: number; readonly grows: boolean }, work: (tx: Transaction) => Result): Promise<Result> {
    try {
      this.#checkOpen();
      this.#admit(bytes);
      if (grows) this.#options.space.check(this.#bytesInFlight + bytes);
      else this.#options.space.checkRemoval();
    } catch (error) {
      return Promise.reject(error);
    }
    this.#bytesInFlight += bytes;
    this.#writesInFlight++;
    return this.#enqueue({ bytes, isCounted: true, work });
  }

  /**
   * Runs a step of the store's own work, which no limit of what is in flight keeps back: others may wait for it.
   *
   * @throws SeglogError DRAINING once closed, STORE_FULL where the disk has not even room for removing
   */
  async runOwn<Result>(work: (tx: Transaction) => Result): Promise<Result> {
    this.#checkOpen();
    this.#options.space.checkRemoval();
    return this.#enqueue({ bytes: 0, isCounted: false, work });
  }

  /** Takes no more writes and resolves when those that wait are answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (!this.#isRunning || this.#failed) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #checkOpen(): void {
    if (this.#failed) throw this.#failed;
    if (this.#isClosed) throw draining();
  }

  #enqueue<Result>(write: Pick<Write, "bytes" | "isCounted"> & { readonly work: (tx: Transaction) => Result }): Promise<Result> {
    const { bytes, isCounted, work } = write;
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ bytes, isCounted, work, resolve, reject });
      this.#start();
    });
  }

  #admit(bytes: number): void {
    const { writesInFlightMax, writeBytesInFlightMax } = this.#options.limits;
    const isFull =
      this.#writesInFlight >= writesInFlightMax || (this.#bytesInFlight > 0 && this.#bytesInFlight + bytes > writeBytesInFlightMax);
    if (!isFull) return;
    throw new SeglogError("TOO_MANY_IN_FLIGHT", "too many writes wait for their commit; nothing was written, try again", {
      retryAfterMs: 100,
      metadata: { writes_in_flight_max: String(writesInFlightMax), write_bytes_in_flight_max: String(writeBytesInFlightMax) },
    });
  }

  #start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    // The writes that arrive in this turn of the event loop share the first commit.
    setImmediate(() => void this.#drain());
  }

  async #drain(): Promise<void> {
    try {
      while (this.#waiting.length > 0 && !this.#failed) await this.#commit(this.#takeBatch());
    } catch (error) {
      this.#giveUp(error);
    }
    this.#isRunning = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #takeBatch(): readonly Write[] {
    let bytes = 0;
    let count = 0;
    for (const write of this.#waiting) {
      if (count === COMMIT_WRITES_MAX || (count > 0 && bytes + write.bytes > COMMIT_BYTES_MAX)) break;
      bytes += write.bytes;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #commit(batch: readonly Write[]): Promise<void> {
    const outcomes: (() => void)[] = [];
    const { engine, nowMs, limits, purgeStepKeys } = this.#options;
    let tx: Transaction | undefined;
    const { hungCommitMs } = limits;
    const watchdog = setTimeout(() => this.#giveUp(new Error(`a commit took longer than ${hungCommitMs} ms`)), hungCommitMs);
    try {
      await engine.commit((writer) => {
        tx = new Transaction(writer, this.#headPosition + 1, nowMs(), limits, purgeStepKeys, this.ledger);
        for (const write of batch) outcomes.push(runOne(tx, write));
        tx.finish();
        // Readers may see the commit before it is told: it is under way from here on.
        this.#isRemoving = tx.hasRemoved;
      });
    } finally {
      clearTimeout(watchdog);
    }
    if (this.#failed) return;
    for (const write of batch) {
      if (!write.isCounted) continue;
      this.#bytesInFlight -= write.bytes;
      this.#writesInFlight--;
    }
    this.#tell(tx);
    for (const answer of outcomes) answer();
  }

  #tell(tx: Transaction | undefined): void {
    if (tx === undefined || tx.lastPosition === this.#headPosition) return;
    this.#headPosition = tx.lastPosition;
    if (this.#isRemoving) this.#feedEpoch++;
    this.#isRemoving = false;
    for (const listener of this.#listeners) listener({ headPosition: this.#headPosition, grown: tx.grown });
  }

  #giveUp(cause: unknown): void {
    if (this.#failed) return;
    swallowCommitError(cause);
    this.#failed = new Error("the store failed and answers nothing more", { cause });
    this.#fail(this.#failed);
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

/** Runs one write. What it throws before its first put is its answer; after it, nothing of the commit is kept and the store fails. */
function runOne(tx: Transaction, write: Write): () => void {
  tx.beginWrite();
  try {
    const result = write.work(tx) as never; // run() pairs the work with its promise
    return () => write.resolve(result);
  } catch (error) {
    if (tx.hasWritten) throw error;
    return () => write.reject(error);
  }
}

/** A rejected commit of lmdb carries a second promise that rejects; unhandled it would end the process. */
function swallowCommitError(cause: unknown): void {
  if (!(cause instanceof Error) || !("commitError" in cause)) return;
  Promise.resolve(cause.commitError).catch(() => {});
}
