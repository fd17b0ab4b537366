import { readFileSync } from "node:fs";
import { checkHistory } from "./check-history.js";
import type { History } from "./history.js";
import { printViolations } from "./tell-violations.js";

/*
 * node dist/test/faults/history/check-file.js FILE...
 *
 * Checks histories that were kept. Ends with 1 where one breaks a law.
 */
for (const file of process.argv.slice(2)) {
  const history = JSON.parse(readFileSync(file, "utf8")) as History; // written by this program
  const violations = checkHistory(history);
  console.log(`${file}: ${history.operations.length} operations, ${violations.length} violations`);
  printViolations(violations);
  if (violations.length > 0) process.exitCode = 1;
}
