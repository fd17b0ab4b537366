import { oneLine } from "../one-line.js";
import { type AsideBlock, type Block, LABEL_COLUMNS, type RuleBlock, type TextBlock } from "./block.js";
import { columnCount } from "./column-count.js";
import { cutText } from "./cut-text.js";
import type { Pen } from "./pen.js";

const GAP = "  ";

/** Fewest columns that a text is wrapped to: on a terminal that is narrower, it is the terminal that wraps. */
const TEXT_COLUMNS_MIN = 20;

/** Longest lead, in characters: a tool or a domain may have any name. */
const LEAD_CHARS_MAX = 60;

/**
 * Blocks as lines, the first of which has the margin at its left and the others as much room.
 *
 * @param margin such as an index and a time; none, where it is empty
 */
export function blockLines(blocks: readonly Block[], margin: string, pen: Pen): string[] {
  const first = margin === "" ? "" : pen.paint("faint", margin) + GAP;
  const others = margin === "" ? "" : " ".repeat(margin.length) + GAP;
  const columns = pen.columns === undefined ? Number.POSITIVE_INFINITY : pen.columns - others.length;
  return blocks
    .flatMap((block) => linesOf(block, columns, pen))
    .map((line, i) => (i === 0 ? first + line : line === "" ? "" : others + line));
}

function linesOf(block: Block, columns: number, pen: Pen): string[] {
  switch (block.shape) {
    case "text":
      return textLines(block, columns, pen);
    case "aside":
      return [asideLine(block, columns, pen)];
    case "rule":
      return [ruleLine(block, columns, pen)];
    default:
      return block satisfies never;
  }
}

function textLines({ label, part, lead, text, textPart }: TextBlock, columns: number, pen: Pen): string[] {
  const { paint } = pen;
  const room = Math.max(TEXT_COLUMNS_MIN, columns - LABEL_COLUMNS - GAP.length);
  const leadText = lead === undefined ? "" : oneLine(lead.text, LEAD_CHARS_MAX);
  const leadColumns = leadText === "" ? 0 : columnCount(leadText) + 1;
  const { lines, leftOut } = cutText(text, { columns: room, firstColumns: room - leadColumns }, pen);
  const body = lines.map((line) => (textPart === undefined ? line : paint(textPart, line)));
  if (lead !== undefined && leadText !== "") body[0] = [paint(lead.part, leadText), body[0]].filter((word) => word !== "").join(" ");
  if (leftOut !== undefined) body.push(paint("faint", leftOut));
  return body.map((line, i) => {
    if (line === "") return i === 0 ? paint(part, label) : "";
    const left = i === 0 ? paint(part, label) + " ".repeat(LABEL_COLUMNS - label.length) : " ".repeat(LABEL_COLUMNS);
    return left + GAP + line;
  });
}

function asideLine({ label, text }: AsideBlock, columns: number, { paint }: Pen): string {
  const left = label.padEnd(LABEL_COLUMNS) + GAP;
  const isAtMargin = Number.isFinite(columns);
  return paint("faint", left + (isAtMargin ? text.padStart(columns - left.length) : text));
}

function ruleLine({ text }: RuleBlock, columns: number, { paint }: Pen): string {
  const line = `── ${text} ──`;
  return paint("faint", Number.isFinite(columns) ? line.padEnd(columns, "─") : line);
}
