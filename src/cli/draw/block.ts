import type { Part } from "../paint.js";

/** A short text and what it is. */
export interface Lead {
  readonly text: string;
  readonly part: Part;
}

/** A text with a label at its left, such as who speaks. */
export interface TextBlock {
  readonly shape: "text";
  /** At most LABEL_COLUMNS wide. */
  readonly label: string;
  /** What the label is. */
  readonly part: Part;
  /** What stands in front of the text, such as a tool's name. */
  readonly lead?: Lead;
  /** As it was stored: it is escaped when it is drawn. */
  readonly text: string;
  /** What the text is; drawn plainly where nothing says. */
  readonly textPart?: Part;
}

/** A note that is not of the conversation; at the right margin where there is one. */
export interface AsideBlock {
  readonly shape: "aside";
  readonly label: string;
  readonly text: string;
}

/** A line across, with a word in it. */
export interface RuleBlock {
  readonly shape: "rule";
  readonly text: string;
}

/** A part of a drawing, which takes lines of its own. */
export type Block = TextBlock | AsideBlock | RuleBlock;

/** Room for the longest label, `assistant` and `extension`. */
export const LABEL_COLUMNS = 9;
