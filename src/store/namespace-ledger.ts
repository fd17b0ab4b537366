import { quotaExceeded } from "../model/errors.js";
import { type NamespaceQuota, type NamespaceQuotas, quotaOf } from "../model/namespace-quota.js";
import type { NamespaceUse } from "./store-reads.js";

/** What a write adds to a namespace. */
export interface Charge {
  /** Sessions that it creates. */
  readonly sessions: number;
  /** Entries, and records of traces. */
  readonly entries: number;
  /** Of them, as sent. */
  readonly bytes: number;
}

/** A namespace's account: what it may take up, and takes up. */
interface Account {
  readonly quota: NamespaceQuota;
  sessionCount: number;
  byteSize: number;
  /** Entries that may be added now; below 0 where a large unit took more than there were. */
  tokens: number;
  /** When tokens were counted last, on a clock that never jumps. In milliseconds. */
  countedMs: number;
}

/**
 * Counts what each namespace takes up, and refuses what goes over its quota. It lives in memory: a store counts what is
 * there as it opens, and from then on notes each change in the transaction that makes it.
 */
export class NamespaceLedger {
  readonly #quotas: NamespaceQuotas;
  readonly #monotonicMs: () => number;
  readonly #accounts = new Map<string, Account>();
  /** Whether any namespace has a quota at all. */
  readonly isLimiting: boolean;
  /** Whether any has one of sessions or bytes, so that they have to be counted. */
  readonly isCounting: boolean;

  constructor(quotas: NamespaceQuotas, monotonicMs: () => number = () => performance.now()) {
    this.#quotas = quotas;
    this.#monotonicMs = monotonicMs;
    const all = [quotas.defaults, ...quotas.byName.values()];
    this.isCounting = all.some(({ sessionsMax, bytesMax }) => sessionsMax !== undefined || bytesMax !== undefined);
    this.isLimiting = this.isCounting || all.some(({ entriesPerSecondMax }) => entriesPerSecondMax !== undefined);
  }

  /**
   * Lets a write in that is decided otherwise, and takes its entries from what may be added now. What it comes to where it
   * is stored is noted apart.
   *
   * @throws SeglogError QUOTA_EXCEEDED
   */
  charge(namespace: string, { sessions, entries, bytes }: Charge): void {
    if (!this.isLimiting) return;
    const account = this.#accountOf(namespace);
    const { sessionsMax, bytesMax } = account.quota;
    if (sessionsMax !== undefined && sessions > 0 && account.sessionCount + sessions > sessionsMax) {
      throw quotaExceeded({ namespace, quota: "sessions_max", limit: sessionsMax, used: account.sessionCount });
    }
    if (bytesMax !== undefined && account.byteSize + bytes > bytesMax) {
      throw quotaExceeded({ namespace, quota: "bytes_max", limit: bytesMax, used: account.byteSize });
    }
    this.#takeTokens(namespace, account, entries);
  }

  /** Notes what came, or (below 0) went. */
  note(namespace: string, change: { readonly sessions?: number; readonly bytes?: number }): void {
    if (!this.isCounting) return;
    const account = this.#accountOf(namespace);
    account.sessionCount += change.sessions ?? 0;
    account.byteSize += change.bytes ?? 0;
  }

  /** What a namespace takes up; undefined where nothing is counted. */
  useOf(namespace: string): NamespaceUse | undefined {
    if (!this.isCounting) return undefined;
    const { sessionCount, byteSize } = this.#accountOf(namespace);
    return { sessionCount, byteSize };
  }

  /** One second's worth may come at once. A unit above that passes where there is a whole token, and those behind it wait longer. */
  #takeTokens(namespace: string, account: Account, entries: number): void {
    const rate = account.quota.entriesPerSecondMax;
    if (rate === undefined) return;
    const nowMs = this.#monotonicMs();
    account.tokens = Math.min(rate, account.tokens + ((nowMs - account.countedMs) * rate) / 1000);
    account.countedMs = nowMs;
    if (account.tokens < 1) {
      throw quotaExceeded({
        namespace,
        quota: "entries_per_second_max",
        limit: rate,
        used: rate - Math.floor(account.tokens),
        retryAfterMs: Math.ceil(((1 - account.tokens) * 1000) / rate),
      });
    }
    account.tokens -= entries;
  }

  #accountOf(namespace: string): Account {
    const known = this.#accounts.get(namespace);
    if (known !== undefined) return known;
    const quota = quotaOf(this.#quotas, namespace);
    const account = { quota, sessionCount: 0, byteSize: 0, tokens: quota.entriesPerSecondMax ?? 0, countedMs: this.#monotonicMs() };
    this.#accounts.set(namespace, account);
    return account;
  }
}
