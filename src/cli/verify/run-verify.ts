import { QUICK } from "../../store/lmdb/verify/scope.js";
import { verifyDeeply } from "../../store/lmdb/verify/verify-deeply.js";
import { verifyStore } from "../../store/lmdb/verify/verify-store.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import { print } from "../output.js";
import { withOwnStore } from "../own-store.js";
import { type ColorWhen, paintOf } from "../paint.js";
import { loadOwnConfig } from "../setting-options.js";
import { waysOut } from "../ways-out.js";
import { reportJsonLines, reportLines } from "./report-lines.js";

/** What `seglog verify` is told. */
export interface VerifyFlags {
  readonly data?: string;
  readonly config?: string;
  readonly deep?: boolean;
  readonly json?: boolean;
  readonly color?: ColorWhen;
}

/**
 * Checks a store and prints what that came to.
 *
 * @throws CommandError where there is no store, a daemon has it, or anything does not prove right
 */
export async function runVerify({ deep = false, json = false, color, ...flags }: VerifyFlags): Promise<void> {
  const { dataDir } = loadOwnConfig({ ...flags }).config;
  const report = await withOwnStore(dataDir, async () => (deep ? verifyDeeply(dataDir) : verifyStore(dataDir, QUICK)));
  for (const line of json ? reportJsonLines(report) : reportLines(report, paintOf({ color }))) await print(line);
  if (report.findingCount === 0) return;
  const count = report.findingCount === 1 ? "1 finding" : `${report.findingCount} findings`;
  throw new CommandError(EXIT.notWhole, `the store in ${dataDir} is damaged: ${count}`, undefined, waysOut(dataDir));
}
