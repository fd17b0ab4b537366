import { readJson } from "./json.js";

/** A JSON object from the texts of its values, in order and without spaces; keys whose value is undefined are left out. */
export function objectText(members: Readonly<Record<string, string | undefined>>): string {
  const texts = Object.entries(members).flatMap(([key, text]) => (text === undefined ? [] : [`${stringText(key)}:${text}`]));
  return `{${texts.join(",")}}`;
}

/** A JSON array from the texts of its elements. */
export function arrayText(elements: readonly string[]): string {
  return `[${elements.join(",")}]`;
}

/** A JSON string. */
export function stringText(text: string): string {
  return JSON.stringify(text);
}

/** The text of a value, or null where there is none. */
export function orNull<Value>(value: Value | undefined, write: (value: Value) => string): string {
  return value === undefined ? "null" : write(value);
}

/**
 * JSON text as it is, without the spaces and line ends between its parts.
 *
 * @throws JsonError where the seed's reader would refuse it below `levels` other arrays or objects
 */
export function compactJson(text: string, levels = 0): string {
  readJson(`${"[".repeat(levels)}${text}${"]".repeat(levels)}`);
  let compact = "";
  let from = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    if (char === '"') isInString = !isInString;
    else if (isInString && char === "\\") at++;
    else if (!isInString && " \t\n\r".includes(char)) {
      compact += text.slice(from, at);
      from = at + 1;
    }
  }
  return compact + text.slice(from);
}
