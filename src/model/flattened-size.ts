import { flattenedText } from "./flattened-text.js";

const UNKNOWN_PIECE_BYTES = "[unknown input segment]".length;

/** An empty piece takes two bytes and flattens to these many: nothing grows by more than the factor between. */
const GROWTH_MAX = Math.ceil(UNKNOWN_PIECE_BYTES / 2);

/**
 * Bytes of the text that a user's submission flattens to, counted without building it.
 *
 * @param bytes a validated `seglog.v1.UserInput`
 * @param enough a bound that the caller compares with: what stays below it for sure is not counted, and gives 0
 */
export function flattenedSize(bytes: Uint8Array, enough = 0): number {
  if (bytes.length * GROWTH_MAX <= enough) return 0;
  return flattenedText(bytes).reduce((size, text) => size + text.length, 0);
}
