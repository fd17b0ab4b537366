import { InvalidArgumentError } from "commander";

const UINT64_MAX = 2n ** 64n - 1n;

/** A segment as it is typed, and the index of one of its entries where that stands behind an `@`. */
export interface EntryPlace {
  readonly segmentId: string;
  readonly index: bigint | undefined;
}

/** Reads a count, an index or a position. */
export function parseWhole(text: string): bigint {
  const value = /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
  if (value === undefined || value > UINT64_MAX) throw new InvalidArgumentError("wanted a whole number from 0 up");
  return value;
}

/** Reads `SEGMENT` or `SEGMENT@INDEX`. */
export function parsePlace(text: string): EntryPlace {
  const at = text.lastIndexOf("@");
  if (at < 0) return { segmentId: text, index: undefined };
  return { segmentId: text.slice(0, at), index: parseWhole(text.slice(at + 1)) };
}
