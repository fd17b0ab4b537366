import { countText } from "../count-text.js";
import type { Paint } from "../paint.js";
import { type Column, tableLines } from "../table.js";
import type { Usage } from "./usage.js";

/** Usage, and what it is of. */
export interface UsageRow {
  readonly name: string;
  readonly usage: Usage;
}

/** Usage as a table with thousands separated, what it is of at the left. */
export function usageTable(of: string, rows: readonly UsageRow[], paint?: Paint): string[] {
  return tableLines(
    [{ heading: of }, ...COLUMNS],
    rows.map(({ name, usage }) => [name, ...cells(usage)]),
    paint,
  );
}

/** Usage as JSON: numbers that may pass 2^53 as texts, as in the JSON form of protobuf. */
export function usageJson(usage: Usage): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(usage).map(([name, value]) => [name, String(value)]));
}

const COLUMNS: readonly Column[] = ["REQUESTS", "INPUT", "CACHE READ", "CACHE WRITE", "OUTPUT"].map((heading) => ({
  heading,
  isNumber: true,
}));

function cells({ requestCount, inputTotalTokens, cacheReadTokens, cacheWriteTokens, outputTokens }: Usage): string[] {
  return [requestCount, inputTotalTokens, cacheReadTokens, cacheWriteTokens, outputTokens].map(countText);
}
