import { isSeglogError } from "../../../model/errors.js";
import { BrokenSealError } from "../values/sealed.js";
import type { Check, FindingPlace } from "./check.js";

/** What is said of a value that was damaged. */
export const FAILS_CHECKSUM = "fails its checksum";

/** Reads a value, and finds fault where its bytes are not those that were written; undefined then. */
export function reading<Value>(check: Check, place: FindingPlace, read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BrokenSealError || isSeglogError(error, "CHECKSUM_MISMATCH") || error instanceof RangeError)) throw error;
    check.find(FAILS_CHECKSUM, place);
    return undefined;
  }
}
