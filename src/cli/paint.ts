import { styleText } from "node:util";
import { isOnTerminal } from "./output.js";

/** When output is coloured. */
export const COLOR_WHENS = ["auto", "always", "never"] as const;

/** When output is coloured: `auto` is on a terminal, unless NO_COLOR is set. */
export type ColorWhen = (typeof COLOR_WHENS)[number];

/** What a piece of text is, which says how it is drawn. */
export type Part = "user" | "assistant" | "tool" | "system" | "faint" | "good" | "bad" | "strong";

/** Draws a text as what it is; without colours, the text as it is. Texts are escaped before, widths measured before. */
export type Paint = (part: Part, text: string) => string;

/** Draws nothing. */
export const PLAIN: Paint = (_part, text) => text;

const FORMATS = {
  user: "cyan",
  assistant: "green",
  tool: "yellow",
  system: "magenta",
  faint: "dim",
  good: "green",
  bad: "red",
  strong: "bold",
} as const satisfies Record<Part, Parameters<typeof styleText>[0]>;

/** Whether to draw is decided here; the library would look at the terminal and the environment by itself. */
const WHATEVER_THE_STREAM = { validateStream: false } as const;

/** How this process draws on its standard output. */
export function paintOf({ color = "auto" }: { readonly color?: ColorWhen | undefined }): Paint {
  return isColored(color) ? (part, text) => (text === "" ? "" : styleText(FORMATS[part], text, WHATEVER_THE_STREAM)) : PLAIN;
}

function isColored(when: ColorWhen): boolean {
  if (when !== "auto") return when === "always";
  const { NO_COLOR: noColor, TERM: term } = process.env;
  return isOnTerminal() && (noColor === undefined || noColor === "") && term !== "dumb";
}
