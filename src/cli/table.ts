import { escapeControls } from "../daemon/escape-controls.js";

/** One column of a table: its heading, and whether its cells are numbers, which stand at the right. */
export interface Column {
  readonly heading: string;
  readonly isNumber?: boolean;
}

const GAP = "  ";

/** A table as lines, its columns aligned; without its headings where these are all empty. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const headings = columns.map(({ heading }) => heading);
  const hasHeadings = headings.some((heading) => heading !== "");
  const lines = (hasHeadings ? [headings, ...rows] : rows).map((row) => row.map(escapeControls));
  const widths = columns.map((_, i) => lines.reduce((width, line) => Math.max(width, line[i]?.length ?? 0), 0));
  return lines.map((line) =>
    line
      .map((cell, i) => padded(cell, widths[i] ?? 0, columns[i]?.isNumber === true))
      .join(GAP)
      .trimEnd(),
  );
}

/** Names and values as aligned lines. */
export function pairLines(pairs: readonly (readonly [string, string])[]): string[] {
  return tableLines([{ heading: "" }, { heading: "" }], pairs);
}

function padded(cell: string, width: number, isNumber: boolean): string {
  return isNumber ? cell.padStart(width) : cell.padEnd(width);
}
