import type { Row } from "./row.js";

/** A row as lines of text: the figure with its spread, then each ratio, then whether it is what it should be. */
export function rowLines(row: Row): readonly string[] {
  const lines = [`  ${row.case.padEnd(62)} ${figure(row.median).padStart(10)} ${row.unit}  (${figure(row.min)} to ${figure(row.max)})`];
  for (const [name, ratio] of Object.entries(row.ratios)) {
    const verdict = row.reach?.of === name ? `  ${reachText(row)}` : "";
    lines.push(`    of ${name.padEnd(57)} ${ratio.toFixed(2).padStart(10)}${verdict}`);
  }
  if (row.reach?.of === row.unit) lines.push(`    ${reachText(row)}`);
  return lines;
}

function reachText({ reach }: Row): string {
  return reach === undefined ? "" : `reach ${reach.at}: ${reach.met ? "met" : "not met"}`;
}

/** Three digits that count. */
function figure(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}
