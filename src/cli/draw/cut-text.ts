import { counted } from "../count-text.js";
import { beginningOf } from "../one-line.js";
import { type Room, wrapped } from "./wrap.js";

/** Most lines that are drawn of one text. */
export const LINES_MAX = 12;

/** Most characters that are drawn of one text, which may have few line ends and a wide or no terminal. */
export const CHARS_MAX = 2000;

/** The lines of a text as they are drawn, and what is not drawn of it. */
export interface CutText {
  readonly lines: readonly string[];
  /** In words; undefined where nothing is left out. */
  readonly leftOut: string | undefined;
}

/** The lines of a text in a room, cut where it is long unless all of it is wanted. */
export function cutText(text: string, room: Room, { isFull }: { readonly isFull: boolean }): CutText {
  const lines: string[] = [];
  let end = 0;
  for (const line of wrapped(isFull ? text : beginningOf(text, CHARS_MAX), room)) {
    if (lines.length === LINES_MAX && !isFull) break;
    lines.push(line.text);
    end = line.end;
  }
  return { lines, leftOut: end < text.length ? leftOutText(text.slice(end)) : undefined };
}

function leftOutText(rest: string): string {
  const lineCount = rest.replace(/\n$/, "").split("\n").length;
  const characters = counted(rest.length, "character");
  return `… ${lineCount === 1 ? characters : `${counted(lineCount, "line")}, ${characters}`} more; --full shows them`;
}
