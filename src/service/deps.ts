import type { Limits } from "../model/limits.js";
import type { NamespaceQuotas } from "../model/namespace-quota.js";
import type { SegmentStore } from "../store/segment-store.js";
import type { SharedFeed } from "../tail/shared-pages.js";
import type { TailHub } from "../tail/tail-hub.js";
import type { KeptStates } from "./kept-states.js";

/** What the use cases work with. */
export interface ServiceDeps {
  readonly store: SegmentStore;
  readonly tails: TailHub;
  /** What tails read from. */
  readonly feed: SharedFeed;
  /** States that were replayed last. */
  readonly keptStates: KeptStates;
  readonly limits: Limits;
  /** What namespaces may take up, which the store and the tails see to; without limit where unset. */
  readonly quotas?: NamespaceQuotas;
  /** A new ULID, above all before it. */
  readonly newId: () => string;
  /** The clock, in milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Version of the daemon. */
  readonly version: string;
  /** When the daemon started, in milliseconds since the epoch. */
  readonly startMs: number;
  /** Aborts when the daemon begins to stop: tails end, new calls are refused. */
  readonly stopping: AbortSignal;
}
