import type { History } from "./history.js";
import type { Law, Report, Violation } from "./law.js";
import { checkAnswers } from "./laws/answers.js";
import { checkKept } from "./laws/kept.js";
import { checkLogs } from "./laws/logs.js";
import { matchReads } from "./laws/reads.js";
import { checkSighted } from "./laws/sighted.js";
import { checkTailContent } from "./laws/tail-content.js";
import { checkTailShapes } from "./laws/tail-shape.js";
import { checkTimes } from "./laws/times.js";
import { changesOf } from "./timeline/changes.js";
import { replay } from "./timeline/replay.js";

/** Of each law no more violations are told than this: one is enough to look for the cause. */
const VIOLATIONS_OF_A_LAW_MAX = 3;

/**
 * Checks a history against every law; gives what breaks them, nothing where it is valid.
 *
 * Laws build on each other: where answers, entries or logs contradict each other by themselves, nothing is replayed, and
 * what cannot be replayed is not held against the clock.
 */
export function checkHistory(history: History): readonly Violation[] {
  const violations: Violation[] = [];
  const counts = new Map<Law, number>();
  const report: Report = (law, what, ...evidence) => {
    const count = counts.get(law) ?? 0;
    counts.set(law, count + 1);
    if (count < VIOLATIONS_OF_A_LAW_MAX) violations.push({ law, what, evidence });
  };

  for (const check of [checkAnswers, checkLogs, checkTailShapes, checkSighted]) check(history, report);
  if (violations.length > 0) return violations;
  const replayed = replay(history, changesOf(history), report);
  checkKept(history, replayed, report);
  const reads = matchReads(history, replayed, report);
  if (violations.length > 0) return violations;
  const times = checkTimes(history, replayed, reads, report);
  checkTailContent(history, replayed, times, report);
  return violations;
}
