import { columnCount } from "./column-count.js";

/** What of a line fits into so many columns, with a mark at its end where that is not all. The line has no controls in it. */
export function cutLine(line: string, columns: number, mark = "…"): string {
  if (columnCount(line) <= columns) return line;
  let cut = "";
  let room = columns - columnCount(mark);
  for (const character of line) {
    room -= columnCount(character);
    if (room < 0) break;
    cut += character;
  }
  return cut.trimEnd() + mark;
}
