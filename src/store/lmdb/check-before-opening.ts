import { statSync } from "node:fs";
import { join } from "node:path";
import { DamagedStoreError } from "./damaged-store-error.js";
import { DATA_FILE } from "./engine.js";

import { QUICK, type Scope } from "./verify/scope.js";
import { type StoreReport, verifyStore } from "./verify/verify-store.js";

/** After a process that was ended by opening, all pages are looked at, however long it takes. */
const AFTER_CRASH: Scope = { ...QUICK, leafPagesMax: Number.POSITIVE_INFINITY };

/**
 * Has a quick look at a store before the database library opens it. What is damaged in values is found out by whoever
 * reads them, so it may be allowed; damaged pages would end the process, or lead it astray, and are always refused.
 *
 * @returns what was found and allowed
 * @throws DamagedStoreError, NewerFormatError
 */
export function checkBeforeOpening(
  dir: string,
  { isAfterCrash, allowDamaged }: { readonly isAfterCrash: boolean; readonly allowDamaged: boolean },
): StoreReport | undefined {
  const byteSize = statSync(join(dir, DATA_FILE), { throwIfNoEntry: false })?.size ?? 0;
  if (byteSize === 0) return undefined;
  const report = verifyStore(dir, isAfterCrash ? AFTER_CRASH : QUICK);
  if (report.findingCount > 0 && !(allowDamaged && report.hasSoundPages)) throw new DamagedStoreError(dir, report);
  return report;
}
