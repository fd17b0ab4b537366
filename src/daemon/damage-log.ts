import { findingsOf } from "../store/lmdb/damaged-store-error.js";
import { findingText } from "../store/lmdb/verify/finding-text.js";
import type { StoreReport } from "../store/lmdb/verify/verify-store.js";
import type { Logger } from "./log.js";

/** Findings that are logged one by one; `seglog verify` tells all. */
const LOGGED_MAX = 20;

/** Logs what the look at a store found, where anything. */
export function logFindings(log: Logger, report: StoreReport): void {
  if (report.findingCount === 0) return;
  for (const finding of findingsOf(report).slice(0, LOGGED_MAX)) log.error("the store is damaged", { finding: findingText(finding) });
  log.warn("a damaged store is served as far as it is intact, because it was asked to be", { findings: report.findingCount });
}
