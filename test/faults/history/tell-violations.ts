import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { History } from "./history.js";
import { LAWS, type Violation } from "./law.js";

/** Prints violations with their evidence. */
export function printViolations(violations: readonly Violation[]): void {
  for (const { law, what, evidence } of violations) {
    console.log(`\nbroken: ${law}: ${LAWS[law]}\n  ${what}`);
    for (const line of evidence) console.log(`    ${line}`);
  }
}

/** Keeps a history to be looked at, and says where. */
export function keepHistory(history: History, seed: number): string {
  const file = join(tmpdir(), `seglog-history-${seed}.json`);
  writeFileSync(file, JSON.stringify(history));
  return file;
}
