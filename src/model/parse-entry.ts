import { EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { entryFacts } from "./entry-facts.js";
import { entryTooLarge, invalidField } from "./errors.js";
import { flattenedSize } from "./flattened-size.js";
import { ENTRY_SLACK_BYTES, type Limits } from "./limits.js";
import type { NewEntry } from "./new-entry.js";
import { fieldOccurrences } from "./wire/field-occurrences.js";
import { validateMessage } from "./wire/validate-message.js";

/** Where an entry comes in: an append leaves openings and foreign records to the daemon, an import brings all. */
export type EntryLane = "append" | "import";

const USER_INPUT = EntrySchema.field.userInput;
const DAEMON_KINDS = [EntrySchema.field.segmentStart, EntrySchema.field.openingHistory, EntrySchema.field.foreign];

/**
 * Checks one entry of a write and reads its facts.
 *
 * @param path of the entry in its request, such as `entries[3]`
 * @throws SeglogError INVALID_FIELD, ENTRY_TOO_LARGE
 */
export function parseEntry(bytes: Uint8Array, path: string, limits: Limits, allow: EntryLane): NewEntry {
  validateMessage(EntrySchema, bytes, `${path}.`);
  const entry = entryFacts(bytes);
  admitEntry(entry, () => path, limits, allow);
  return entry;
}

/**
 * Holds a validated entry to the kinds of its lane and to the limit of an entry, which binds the text of a
 * user's submission too. An import may pass it by what a daemon added where the entry was first written.
 *
 * @param path says where the entry stands, and is asked only to refuse it
 * @throws SeglogError INVALID_FIELD, ENTRY_TOO_LARGE
 */
export function admitEntry(entry: NewEntry, path: () => string, limits: Limits, allow: EntryLane): void {
  if (allow === "append") {
    const refused = DAEMON_KINDS.find((field) => field.number === entry.kind);
    if (refused !== undefined) throw invalidField(`${path()}.${refused.name}`, "is a kind that only the daemon or an import writes");
  }

  const limitBytes = allow === "append" ? limits.entryBytesMax : limits.entryBytesMax + ENTRY_SLACK_BYTES;
  if (entry.bytes.length > limitBytes) throw entryTooLarge(path(), entry.bytes.length, limitBytes);
  if (entry.kind !== USER_INPUT.number) return;

  const [submission] = fieldOccurrences(entry.bytes, USER_INPUT.number);
  const textBytes = submission === undefined ? 0 : flattenedSize(submission, limitBytes);
  if (textBytes > limitBytes) throw entryTooLarge(`${path()}.${USER_INPUT.name}`, textBytes, limitBytes);
}
