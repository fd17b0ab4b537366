import type { TextLine } from "./text-lines.js";

/** What is wrong with a last line that was not written to its end; undefined where nothing is. Whole JSON counts as whole. */
export function tornProblem({ text, isTerminated }: TextLine): string | undefined {
  if (isTerminated) return undefined;
  if (text === undefined) return "the last line is torn within a character: left out";
  return isJson(text) ? undefined : "the last line is torn: left out";
}

/** Laxer than the seed's reader: what that one refuses for another reason is not torn. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
