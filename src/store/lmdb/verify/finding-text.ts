import type { Finding } from "./check.js";

/** A finding as one line: the table, the segment and the index as far as there are any, and what is wrong. */
export function findingText({ table, segmentId, index, problem }: Finding): string {
  const place = segmentId === undefined ? "" : ` ${segmentId}${index === undefined ? "" : `@${index}`}`;
  return `${table}${place}: ${problem}`;
}
