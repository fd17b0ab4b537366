import { escapeControls } from "../daemon/escape-controls.js";

const SHORT_ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Longest text that a line for people shows, in characters; the rest is left out. */
const CHARS_MAX = 300;

/** A text as part of a line for people: cut where it is long, with its controls escaped. */
export function oneLine(text: string, charsMax: number = CHARS_MAX): string {
  const short = text.length <= charsMax ? text : `${beginningOf(text, charsMax)}… (${text.length} characters)`;
  return shownControls(short);
}

/** The text with its control characters escaped, common ones as people write them. */
export function shownControls(text: string): string {
  return escapeControls(text.replace(/[\n\r\t]/g, (control) => SHORT_ESCAPES[control] ?? control));
}

/** At most so many characters of the beginning of a text; a pair of surrogates is not taken apart. */
export function beginningOf(text: string, charsMax: number): string {
  return text.slice(0, charsMax).replace(/\p{Surrogate}$/u, "");
}
