import type { CheckedStore } from "./check-store.js";

/**
 * What is done in a process of its own: a file that is damaged can end whoever reads it, and a copy that is under way can
 * be stopped in no other way than by ending its process.
 *
 *   measure  says what a store is and how much of it holds something
 *   copy     copies a store, which may be written to meanwhile, into another folder
 *   check    reads a store whole and compares every checksum
 *   renew    gives a store another id
 */
export type CopyTask =
  | { readonly type: "measure"; readonly dir: string }
  | { readonly type: "copy"; readonly dir: string; readonly to: string }
  | { readonly type: "check"; readonly dir: string }
  | { readonly type: "renew"; readonly dir: string; readonly storeId: string };

/** What each task comes to. */
export interface TaskResults {
  readonly measure: { readonly storeId: string; readonly usedBytes: number };
  readonly copy: null;
  readonly check: CheckedStore;
  readonly renew: null;
}

/** What such a process tells the one that started it, in the end. */
export type TaskReport = { readonly type: "done"; readonly result: unknown } | { readonly type: "failed"; readonly failure: TaskFailure };

/** Why a task failed: a newer format, damage in what was read, or anything else. */
export type TaskFailure =
  | { readonly type: "newerFormat"; readonly found: number }
  | { readonly type: "damaged"; readonly message: string }
  | { readonly type: "other"; readonly message: string };
