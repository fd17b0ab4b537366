import { LogDrawing } from "../../../src/cli/draw/log-drawing.js";
import type { Pen } from "../../../src/cli/draw/pen.js";
import { type Paint, PLAIN } from "../../../src/cli/paint.js";
import { type EntryInit, placed } from "../../support/entries.js";

/** Draws on a terminal of so many columns, without colours; on none where they are undefined. */
export function pen(columns: number | undefined, changes: Partial<Pen> = {}): Pen {
  return { paint: PLAIN, columns, isFull: false, ...changes };
}

/** Colours that a test can read. */
export const NAMED: Paint = (part, text) => `<${part}>${text}</${part}>`;

const NOON_MS = Date.UTC(2026, 10, 22, 12);

/** Entries of one segment as they are drawn, one a second. */
export function drawn(entries: readonly EntryInit[], with_: Pen): string {
  const drawing = new LogDrawing(with_);
  const lines = entries.flatMap((entry, i) =>
    drawing.entryLines(placed(entry, { index: BigInt(i), timeMs: NOON_MS + 1000 * i }), { segmentId: "A" }),
  );
  return `\n${lines.join("\n")}\n`;
}
