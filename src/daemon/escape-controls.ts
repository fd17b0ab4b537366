/**
 * Characters that make a terminal or a reader of lines do something: C0, DEL and C1 controls, line
 * and paragraph separators, and the marks that turn the direction of text.
 */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * The text with its control characters as `\uXXXX`.
 *
 * Within a JSON document, which has controls in its strings only, it stays the same document.
 */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
