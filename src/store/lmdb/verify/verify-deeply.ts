import { checkWithLibrary } from "./check-with-library.js";
import { DEEP } from "./scope.js";
import { type StoreReport, verifyStore } from "./verify-store.js";

/**
 * Checks everything of a store that nobody has open, and lastly has the database library read it: only where its pages
 * are sound, for it would say nothing new of others.
 *
 * @throws NewerFormatError; Error where there is no file to read
 */
export async function verifyDeeply(dir: string): Promise<StoreReport> {
  const report = verifyStore(dir, DEEP);
  if (!report.hasSoundPages || report.meta === undefined) return report;
  const library = await checkWithLibrary(dir);
  return { ...report, checks: [...report.checks, library], findingCount: report.findingCount + library.findingCount };
}
