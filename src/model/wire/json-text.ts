import { JSON_NESTING_MAX } from "../limits.js";

/** Ends of values are offsets; these stand for the lack of one. */
const MALFORMED = -1;
const TOO_DEEP = -2;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const BRACKET_OPEN = 0x5b;
const BACKSLASH = 0x5c;
const BRACKET_CLOSE = 0x5d;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;

const LITERALS = ["true", "false", "null"].map((text) => Uint8Array.from(text, (char) => char.charCodeAt(0)));

/**
 * Checks that UTF-8 bytes are exactly one JSON value (RFC 8259), nested no deeper than JSON_NESTING_MAX.
 * Reads the bytes as they are: numbers of any size pass, and nothing is built.
 *
 * @returns what is wrong, or undefined
 */
export function jsonProblem(bytes: Uint8Array, start: number, end: number): string | undefined {
  const valueAt = skipSpace(bytes, start, end);
  const valueEnd = endOfValue(bytes, valueAt, end, 0);
  if (valueEnd === TOO_DEEP) return `is JSON nested deeper than ${JSON_NESTING_MAX}`;
  if (valueEnd === MALFORMED || skipSpace(bytes, valueEnd, end) !== end) return "is not exactly one JSON value";
  return undefined;
}

function endOfValue(bytes: Uint8Array, at: number, end: number, depth: number): number {
  if (at >= end) return MALFORMED;
  const first = bytes[at] ?? 0;
  if (first === QUOTE) return endOfString(bytes, at, end);
  if (first === BRACE_OPEN) return endOfObject(bytes, at, end, depth + 1);
  if (first === BRACKET_OPEN) return endOfArray(bytes, at, end, depth + 1);
  if (first === MINUS || isDigit(first)) return endOfNumber(bytes, at, end);
  return endOfLiteral(bytes, at, end);
}

function endOfObject(bytes: Uint8Array, start: number, end: number, depth: number): number {
  if (depth > JSON_NESTING_MAX) return TOO_DEEP;
  let at = skipSpace(bytes, start + 1, end);
  if (at < end && bytes[at] === BRACE_CLOSE) return at + 1;
  for (;;) {
    if (at >= end || bytes[at] !== QUOTE) return MALFORMED;
    at = endOfString(bytes, at, end);
    if (at < 0) return at;
    at = skipSpace(bytes, at, end);
    if (at >= end || bytes[at] !== COLON) return MALFORMED;
    at = endOfValue(bytes, skipSpace(bytes, at + 1, end), end, depth);
    if (at < 0) return at;
    at = skipSpace(bytes, at, end);
    if (at < end && bytes[at] === BRACE_CLOSE) return at + 1;
    if (at >= end || bytes[at] !== COMMA) return MALFORMED;
    at = skipSpace(bytes, at + 1, end);
  }
}

function endOfArray(bytes: Uint8Array, start: number, end: number, depth: number): number {
  if (depth > JSON_NESTING_MAX) return TOO_DEEP;
  let at = skipSpace(bytes, start + 1, end);
  if (at < end && bytes[at] === BRACKET_CLOSE) return at + 1;
  for (;;) {
    at = endOfValue(bytes, at, end, depth);
    if (at < 0) return at;
    at = skipSpace(bytes, at, end);
    if (at < end && bytes[at] === BRACKET_CLOSE) return at + 1;
    if (at >= end || bytes[at] !== COMMA) return MALFORMED;
    at = skipSpace(bytes, at + 1, end);
  }
}

function endOfString(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 1;
  while (at < end) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) return at + 1;
    if (byte < 0x20) return MALFORMED;
    at = byte === BACKSLASH ? endOfEscape(bytes, at, end) : at + 1;
    if (at < 0) return at;
  }
  return MALFORMED;
}

function endOfEscape(bytes: Uint8Array, start: number, end: number): number {
  if (start + 1 >= end) return MALFORMED;
  const letter = String.fromCharCode(bytes[start + 1] ?? 0);
  if ('"\\/bfnrt'.includes(letter)) return start + 2;
  if (letter !== "u" || start + 6 > end) return MALFORMED;
  for (let at = start + 2; at < start + 6; at++) if (!isHexDigit(bytes[at] ?? 0)) return MALFORMED;
  return start + 6;
}

function endOfNumber(bytes: Uint8Array, start: number, end: number): number {
  const whole = bytes[start] === MINUS ? start + 1 : start;
  let at = bytes[whole] === ZERO && whole < end ? whole + 1 : endOfDigits(bytes, whole, end);
  if (at >= 0 && at < end && bytes[at] === POINT) at = endOfDigits(bytes, at + 1, end);
  if (at < 0 || at >= end || ((bytes[at] ?? 0) | 0x20) !== 0x65) return at;
  const hasSign = at + 1 < end && (bytes[at + 1] === 0x2b || bytes[at + 1] === MINUS);
  return endOfDigits(bytes, hasSign ? at + 2 : at + 1, end);
}

function endOfDigits(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isDigit(bytes[at] ?? 0)) at++;
  return at === start ? MALFORMED : at;
}

function endOfLiteral(bytes: Uint8Array, start: number, end: number): number {
  const literal = LITERALS.find((candidate) => candidate[0] === bytes[start]);
  if (literal === undefined || start + literal.length > end) return MALFORMED;
  for (let i = 1; i < literal.length; i++) if (bytes[start + i] !== literal[i]) return MALFORMED;
  return start + literal.length;
}

function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(bytes[at] ?? 0)) at++;
  return at;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}
