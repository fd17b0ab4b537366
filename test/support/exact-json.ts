import { parse } from "lossless-json";

/** A JSON text as a value in which numbers are exact, for comparing without regard to the order of keys. */
export function exactJson(text: string): unknown {
  return parse(text, undefined, { parseNumber: exactNumber });
}

/** Integers of any size by value, floats by the double that they read as; the two are told apart. */
function exactNumber(text: string): { number: string } {
  return { number: /^-?\d+$/.test(text) ? String(BigInt(text)) : `float ${Number(text)}` };
}
