import { InvalidArgumentError } from "commander";

const UINT64_MAX = 2n ** 64n - 1n;

/** A segment as it is typed, and the index of one of its entries where that stands behind an `@`. */
export interface EntryPlace {
  readonly segmentId: string;
  readonly index: bigint | undefined;
}

/** The whole number that a text is, from 0 up to what 64 bits hold; undefined where it is none. */
export function wholeNumber(text: string): bigint | undefined {
  const value = /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
  return value === undefined || value > UINT64_MAX ? undefined : value;
}

/** Reads a count, an index or a position that a flag or an argument says. For commander, which tells of what it throws. */
export function parseWhole(text: string): bigint {
  const value = wholeNumber(text);
  if (value === undefined) throw new InvalidArgumentError("wanted a whole number from 0 up");
  return value;
}

/** parseWhole for a count that has to be at least 1. */
export function parseCount(text: string): bigint {
  const value = wholeNumber(text);
  if (value === undefined || value === 0n) throw new InvalidArgumentError("wanted a whole number from 1 up");
  return value;
}

/** Reads `SEGMENT` or `SEGMENT@INDEX`. */
export function parsePlace(text: string): EntryPlace {
  const at = text.lastIndexOf("@");
  if (at < 0) return { segmentId: text, index: undefined };
  return { segmentId: text.slice(0, at), index: parseWhole(text.slice(at + 1)) };
}
