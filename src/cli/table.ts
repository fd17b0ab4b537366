import { escapeControls } from "../daemon/escape-controls.js";
import { columnCount } from "./draw/column-count.js";
import { type Paint, type Part, PLAIN } from "./paint.js";

/** One column of a table: its heading, whether its cells are numbers, which stand at the right, and what they are. */
export interface Column {
  readonly heading: string;
  readonly isNumber?: boolean;
  readonly part?: Part;
}

const GAP = "  ";

/** A table as lines, its columns aligned; without its headings where these are all empty. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[], paint: Paint = PLAIN): string[] {
  const headings = columns.map(({ heading }) => heading);
  const hasHeadings = headings.some((heading) => heading !== "");
  const lines = (hasHeadings ? [headings, ...rows] : rows).map((row) => row.map(escapeControls));
  const widths = columns.map((_, i) => lines.reduce((width, line) => Math.max(width, columnCount(line[i] ?? "")), 0));
  return lines.map((line, lineNumber) => {
    const isHeading = hasHeadings && lineNumber === 0;
    const cellCount = line.findLastIndex((cell) => cell !== "") + 1;
    return line
      .slice(0, cellCount)
      .map((cell, i) => {
        const { isNumber = false, part } = columns[i] ?? {};
        const width = i === cellCount - 1 && !isNumber ? 0 : (widths[i] ?? 0);
        const padding = " ".repeat(Math.max(0, width - columnCount(cell)));
        const padded = isNumber ? padding + cell : cell + padding;
        return isHeading ? paint("strong", padded) : part === undefined ? padded : paint(part, padded);
      })
      .join(GAP);
  });
}

/** Names and values as aligned lines. */
export function pairLines(pairs: readonly (readonly [string, string])[], paint?: Paint): string[] {
  return tableLines([{ heading: "", part: "faint" }, { heading: "" }], pairs, paint);
}
