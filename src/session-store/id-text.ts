import { idToUuid, parseId, type SegmentId, type SessionId } from "../model/id.js";
import { stringText } from "./json-text.js";
import { NoFormError } from "./no-form.js";

/**
 * An id in any form, as the JSON text of a hyphenated lower-case UUID.
 *
 * @throws NoFormError where the text is not an id
 */
export function uuidText(text: string): string {
  const id = parseId(text);
  if (id === undefined) throw new NoFormError("an id that is neither a ULID nor a UUID");
  return stringText(idToUuid(id as SessionId | SegmentId)); // parseId gives the canonical form that both brands stand for
}
