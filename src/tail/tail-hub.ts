import { DEFAULT_NAMESPACE } from "../model/caller.js";
import { NO_QUOTAS } from "../model/namespace-quota.js";
import type { CommitNotice, FeedScope } from "../store/feed.js";
import type { SegmentStore } from "../store/segment-store.js";
import { TailCounts, type TailLimits, type TailOwner } from "./tail-counts.js";

/** Where one tail waits: a version that changes whenever its scope may have grown. */
export interface ScopeWatch {
  /** Changes when the scope grows. To be noted before the store is read. */
  readonly version: number;
  /**
   * Resolves when the version is not `seen` any more (at once where it is not already), when the time is
   * over, or when the signal aborts. So no growth can fall between a read that found nothing and this wait.
   */
  changedFrom(seen: number, until: { readonly signal: AbortSignal; readonly timeoutMs: number }): Promise<void>;
  /** Gives the place back. */
  close(): void;
}

/**
 * Says "this grew", and carries no entries: each tail reads the store at its own pace.
 */
export class TailHub {
  readonly #watches = new Map<string, Set<Watch>>();
  readonly #stop: () => void;
  readonly #counts: TailCounts;
  readonly #toWake = new Set<Watch>();

  constructor(store: Pick<SegmentStore, "onCommit">, limits: TailLimits, quotas = NO_QUOTAS) {
    this.#counts = new TailCounts(limits, quotas);
    this.#stop = store.onCommit((notice) => this.#tell(notice));
  }

  /** Tails that are open. */
  get tailCount(): number {
    return this.#counts.total;
  }

  /** Tails of a namespace's callers that are open. */
  tailCountOf(namespace: string): number {
    return this.#counts.ofNamespace(namespace);
  }

  /**
   * Takes a place and watches a scope.
   *
   * @throws SeglogError TOO_MANY_TAILS, QUOTA_EXCEEDED
   */
  watch(scope: FeedScope, { namespace = DEFAULT_NAMESPACE, connection = {} }: Partial<TailOwner> = {}): ScopeWatch {
    const owner = { namespace, connection };
    this.#counts.take(owner);
    const keys = keysOf(scope);
    const watch = new Watch(() => this.#leave(keys, watch, owner));
    for (const key of keys) this.#watches.set(key, (this.#watches.get(key) ?? new Set()).add(watch));
    return watch;
  }

  /** Listens no more. */
  close(): void {
    this.#stop();
  }

  #leave(keys: readonly string[], watch: Watch, owner: TailOwner): void {
    if (watch.isClosed) return;
    watch.isClosed = true;
    watch.hearNoMore();
    this.#counts.giveBack(owner);
    for (const key of keys) {
      const watches = this.#watches.get(key);
      watches?.delete(watch);
      if (watches?.size === 0) this.#watches.delete(key);
    }
  }

  #tell({ grown }: CommitNotice): void {
    if (this.#counts.total === 0) return;
    const keys = new Set(["store"]);
    for (const { namespace, sessionId, segmentId } of grown) {
      keys.add(`namespace ${namespace}`);
      keys.add(`session ${sessionId}`);
      keys.add(segmentId === undefined ? `deletion of ${sessionId}` : `segment ${segmentId}`);
    }
    const isScheduled = this.#toWake.size > 0;
    for (const key of keys) {
      for (const watch of this.#watches.get(key) ?? []) this.#toWake.add(watch.grew());
    }
    // In the next turn: the answers of the commit are given in this one, and many tails take their time.
    if (!isScheduled && this.#toWake.size > 0) setImmediate(() => this.#wake());
  }

  #wake(): void {
    const watches = [...this.#toWake];
    this.#toWake.clear();
    for (const watch of watches) watch.wake();
  }
}

class Watch implements ScopeWatch {
  readonly close: () => void;
  isClosed = false;
  readonly #onAbort = () => this.wake();
  #signal: AbortSignal | undefined;
  #version = 0;
  /** Ends the wait that is under way. */
  wake: () => void = () => {};

  constructor(close: () => void) {
    this.close = close;
  }

  get version(): number {
    return this.#version;
  }

  grew(): this {
    this.#version++;
    return this;
  }

  async changedFrom(seen: number, until: { readonly signal: AbortSignal; readonly timeoutMs: number }): Promise<void> {
    const { signal, timeoutMs } = until;
    if (this.#version !== seen || signal.aborted) return;
    this.#hear(signal);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  hearNoMore(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#signal = undefined;
  }

  /** A tail waits with one signal again and again, and hearing it anew each time would cost as much as all else. */
  #hear(signal: AbortSignal): void {
    if (this.#signal === signal) return;
    this.hearNoMore();
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort);
  }
}

/** What wakes a tail. The deletion of a session ends the tails of its segments: they wait for it too. */
function keysOf(scope: FeedScope): readonly string[] {
  switch (scope.type) {
    case "store":
      return ["store"];
    case "namespace":
      return [`namespace ${scope.namespace}`];
    case "session":
      return [`session ${scope.sessionId}`];
    case "segment":
      return [`segment ${scope.segmentId}`, `deletion of ${scope.sessionId}`];
    default:
      return scope satisfies never;
  }
}
