import { counted } from "../count-text.js";
import { cutLine } from "../draw/cut-line.js";
import type { Paint, Part } from "../paint.js";
import { shortIdChars } from "../short-ids.js";
import { type Column, tableLines } from "../table.js";
import { timeText } from "../time-text.js";
import type { BranchKind } from "./branch-kind.js";
import { forkTree, originId } from "./fork-tree.js";
import type { ToldSegment } from "./told-segments.js";
import { ASCII_RAILS, LINE_RAILS, type TreeRow, treeRows } from "./tree-rows.js";

/** How a tree is drawn. */
export interface TreeStyle {
  readonly paint: Paint;
  readonly isAscii: boolean;
  /** The segment that was last appended to. */
  readonly headSegmentId: string;
  /** Columns of the terminal, which lines are cut to, so that the rails stand below each other; undefined where there is none. */
  readonly columns?: number | undefined;
}

type Row = TreeRow<ToldSegment>;

const MARKS = {
  root: ["●", "*"],
  fork: ["●", "*"],
  past_turn_fork: ["●", "*"],
  copied_fork: ["●", "*"],
  conflict_fork: ["▲", "!"],
  compaction: ["◆", "#"],
} as const satisfies Record<BranchKind, readonly [string, string]>;

/** The fork tree of a session as lines; between trees that have nothing in common an empty one. */
export function treeLines(segments: readonly ToldSegment[], style: TreeStyle): string[] {
  const pieces = style.isAscii ? ASCII_RAILS : LINE_RAILS;
  const rows = forkTree(segments).flatMap((root) => treeRows(root, pieces));
  const shorten = shortener(segments);
  const columns: Column[] = [{ heading: "" }, { heading: "", isNumber: true }, { heading: "" }, { heading: "" }, { heading: "" }];
  const lines = tableLines(
    columns,
    rows.map((row) => cells(row, style, shorten)),
  );
  return lines.flatMap((line, i) => {
    const isNextTree = i > 0 && rows[i]?.node.parent === undefined;
    return [
      ...(isNextTree ? [""] : []),
      style.paint(partOf(rows[i], style), cutLine(line, style.columns ?? Number.POSITIVE_INFINITY, style.isAscii ? "..." : "…")),
    ];
  });
}

type Shorten = (id: string) => string;

/** Ids of origins that are not there are shown whole: what they have in common with others nobody knows. */
function shortener(segments: readonly ToldSegment[]): Shorten {
  const ids = new Set(segments.map(({ segmentId }) => segmentId));
  const chars = shortIdChars(ids);
  return (id) => (ids.has(id) ? id.slice(0, chars) : `${id} (not here)`);
}

function cells({ rails, node }: Row, { isAscii, headSegmentId }: TreeStyle, shorten: Shorten): string[] {
  const { segment } = node;
  const mark = MARKS[segment.branch][isAscii ? 1 : 0];
  const notes = [segment.segmentId === headSegmentId ? "HEAD" : "", branchText(segment, shorten)];
  return [
    `${rails}${mark} ${shorten(segment.segmentId)}`,
    counted(segment.entryCount, "entry"),
    `turn ${segment.turnCount}`,
    timeText(segment.updateTime),
    notes.filter((text) => text !== "").join(", "),
  ];
}

/** Where a segment branches off, and why as far as that can be told. */
function branchText(segment: ToldSegment, shorten: Shorten): string {
  const { branch, base, forkedFrom, compactedFrom } = segment;
  const origin = shorten(originId(segment) ?? "");
  const turn = ` at turn ${(compactedFrom ?? forkedFrom)?.atTurn ?? "?"}`;
  const after = `, after ${counted(base?.entryCount ?? 0n, "entry")}`;
  switch (branch) {
    case "root":
      return "";
    case "fork":
      return `fork of ${origin}${turn}${after}`;
    case "past_turn_fork":
      return `fork of ${origin}${turn}, in the past${after}`;
    case "conflict_fork":
      return `conflict with ${origin}${turn}${after}`;
    case "copied_fork":
      return `fork of ${origin}${turn}, with a state of its own`;
    case "compaction":
      return `compaction of ${origin}${turn}`;
    default:
      return branch satisfies never;
  }
}

function partOf(row: Row | undefined, { headSegmentId }: TreeStyle): Part {
  if (row?.node.segment.segmentId === headSegmentId) return "strong";
  if (row?.node.segment.branch === "conflict_fork") return "bad";
  return row?.node.segment.branch === "compaction" ? "system" : "assistant";
}
