import type { Limits } from "../../../src/model/limits.js";
import type { NamespaceQuotas } from "../../../src/model/namespace-quota.js";
import type { SegmentStore } from "../../../src/store/segment-store.js";

/** What a test may ask of a store. */
export interface StoreOptions {
  readonly limits?: Partial<Limits>;
  readonly quotas?: NamespaceQuotas;
  /** The most that it may grow to, in bytes. */
  readonly roomBytes?: number;
  /** Its clock, in milliseconds since the epoch. */
  readonly nowMs?: () => number;
  /** Most keys that one step of a removal removes: few, so that removals are found under way. */
  readonly purgeStepKeys?: number;
}

/** A store of a test's own. It is closed, and its data goes, when the test is over. */
export interface StoreUnderTest {
  /** As it was opened last. */
  readonly store: SegmentStore;
  /** Closes it and opens it again on the same data. */
  reopen(): Promise<SegmentStore>;
}

/** Opens a new, empty store: what the contract is applied to. */
export type StoreFactory = (options?: StoreOptions) => Promise<StoreUnderTest>;

/** A store as it is, and then as it is after a restart. */
export async function* overRestart(stores: StoreUnderTest): AsyncIterable<SegmentStore> {
  yield stores.store;
  yield await stores.reopen();
}
