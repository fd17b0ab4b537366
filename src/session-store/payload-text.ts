import { JsonError } from "./json.js";
import { compactJson } from "./json-text.js";
import { NoFormError } from "./no-form.js";

/** Objects that a payload lies within in its line. */
const PAYLOAD_LEVELS = 1;

/**
 * A payload of any form: its text as it was written, made compact.
 *
 * @throws NoFormError where the seed's reader would refuse it
 */
export function payloadText(payloadJson: string): string {
  try {
    return compactJson(payloadJson, PAYLOAD_LEVELS);
  } catch (error) {
    if (error instanceof JsonError) throw new NoFormError("a payload that is not JSON to the seed's reader");
    throw error;
  }
}
