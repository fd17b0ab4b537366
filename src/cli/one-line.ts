import { escapeControls } from "../daemon/escape-controls.js";

const SHORT_ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Longest text that a line for people shows, in characters; the rest is left out. */
const CHARS_MAX = 300;

/** A text as part of a line for people: cut where it is long, with its controls escaped. */
export function oneLine(text: string): string {
  const short = text.length <= CHARS_MAX ? text : `${text.slice(0, CHARS_MAX).replace(/\p{Surrogate}$/u, "")}… (${text.length} characters)`;
  return escapeControls(short.replace(/[\n\r\t]/g, (control) => SHORT_ESCAPES[control] ?? control));
}
