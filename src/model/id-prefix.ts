import { invalidField } from "./errors.js";
import { parseId } from "./id.js";

const ID_CHARS = 26;
const PREFIX_PATTERN = /^[0-9A-HJKMNP-TV-Z]{0,26}$/i;
const LOWEST_DIGIT = "0";
const HIGHEST_DIGIT = "Z";

/** The ids that begin with a text, both ends inclusive; undefined where none can. */
export interface IdRange {
  readonly from: string;
  readonly to: string;
}

/**
 * The range of ids that begin with `prefix`: digits of a ULID in either case, or a whole UUID.
 *
 * @throws SeglogError INVALID_FIELD, naming id_prefix
 */
export function idRangeOf(prefix: string): IdRange | undefined {
  const whole = parseId(prefix);
  if (whole !== undefined) return { from: whole, to: whole };
  if (!PREFIX_PATTERN.test(prefix)) throw invalidField("id_prefix", "is not the beginning of a ULID");
  const digits = prefix.toUpperCase();
  const from = digits.padEnd(ID_CHARS, LOWEST_DIGIT);
  const to = digits === "" ? "7".padEnd(ID_CHARS, HIGHEST_DIGIT) : digits.padEnd(ID_CHARS, HIGHEST_DIGIT);
  return from[0] === undefined || from[0] > "7" ? undefined : { from, to };
}
