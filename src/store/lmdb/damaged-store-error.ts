import type { Finding } from "./verify/check.js";
import { findingText } from "./verify/finding-text.js";
import type { StoreReport } from "./verify/verify-store.js";

/** A store does not prove whole, and was not opened. */
export class DamagedStoreError extends Error {
  override readonly name = "DamagedStoreError";

  /** @param folder of the store */
  constructor(
    readonly folder: string,
    readonly report: StoreReport,
  ) {
    const [first] = findingsOf(report);
    const count = report.findingCount === 1 ? "1 finding" : `${report.findingCount} findings`;
    super(
      `the store in ${folder} is damaged (${count}${first === undefined ? "" : `: ${findingText(first)}`}); it was not opened, and is left as it is`,
    );
  }

  /** Whether it can be opened all the same: what is damaged is found out when it is read. */
  get canBeAllowed(): boolean {
    return this.report.hasSoundPages;
  }
}

/** All findings that are told one by one. */
export function findingsOf({ checks }: StoreReport): readonly Finding[] {
  return checks.flatMap(({ findings }) => findings);
}
