import { AppendRequestSchema, OnConflict, PreconditionSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { entryFacts } from "./entry-facts.js";
import { invalidField } from "./errors.js";
import { parseSegmentId, type SegmentId } from "./id.js";
import type { Limits } from "./limits.js";
import type { NewEntry } from "./new-entry.js";
import { admitEntry } from "./parse-entry.js";
import type { Precondition } from "./precondition.js";
import { validateMessage } from "./wire/validate-message.js";
import { textOf } from "./wire/value-checks.js";
import { WireReader } from "./wire/wire-reader.js";

/** What an Append asks for. */
export interface AppendCommand {
  readonly segmentId: SegmentId;
  /** Their bytes are views of the request. */
  readonly entries: readonly NewEntry[];
  readonly precondition: Precondition;
  readonly onConflict: "fail" | "fork";
  /** Empty where the writer gave none. */
  readonly requestId: string;
}

const {
  segmentId: SEGMENT_ID,
  entries: ENTRIES,
  precondition: PRECONDITION,
  onConflict: ON_CONFLICT,
  requestId: REQUEST_ID,
} = AppendRequestSchema.field;
const { entryCount: ENTRY_COUNT, headPosition: HEAD_POSITION } = PreconditionSchema.field;

/**
 * Checks an `seglog.v1.AppendRequest` and takes it apart, without decoding the entries.
 *
 * @param pathPrefix stands before each path, such as `append.` for a unit of a stream
 * @throws SeglogError INVALID_FIELD, ENTRY_TOO_LARGE
 */
export function parseAppendRequest(bytes: Uint8Array, limits: Limits, pathPrefix = ""): AppendCommand {
  validateMessage(AppendRequestSchema, bytes, pathPrefix);

  const command = takeApart(bytes);
  const { entries } = command;
  if (entries.length === 0 || entries.length > limits.appendEntriesMax) {
    throw invalidField(`${pathPrefix}entries`, `has ${entries.length} entries, not 1 to ${limits.appendEntriesMax}`);
  }
  for (const [index, entry] of entries.entries()) admitEntry(entry, () => `${pathPrefix}entries[${index}]`, limits, "append");
  return command;
}

/** Of scalars that come twice the last one holds. */
function takeApart(bytes: Uint8Array): AppendCommand {
  const reader = new WireReader(bytes);
  const entries: NewEntry[] = [];
  let segmentId = "";
  let precondition: Precondition = {};
  let onConflict: number = OnConflict.UNSPECIFIED;
  let requestId = "";
  while (reader.at < bytes.length) {
    const tag = reader.tag(bytes.length);
    const number = tag >>> 3;
    if (number === ON_CONFLICT.number) {
      onConflict = reader.varint(bytes.length);
      continue;
    }
    if (number > REQUEST_ID.number) {
      reader.skip(tag, bytes.length, 0);
      continue;
    }
    const length = reader.length(bytes.length);
    const end = reader.at + length;
    if (number === ENTRIES.number) entries.push(entryFacts(bytes.subarray(reader.at, end)));
    else if (number === SEGMENT_ID.number) segmentId = textOf(bytes, reader.at, end);
    else if (number === REQUEST_ID.number) requestId = textOf(bytes, reader.at, end);
    else if (number === PRECONDITION.number) precondition = mergePrecondition(precondition, reader, end);
    reader.at = end;
  }
  return {
    segmentId: parseSegmentId(segmentId),
    entries,
    precondition,
    onConflict: onConflict === OnConflict.FORK ? "fork" : "fail",
    requestId,
  };
}

/** Counts beyond 2^53 lose their last bits, and match nothing either way. */
function mergePrecondition(before: Precondition, reader: WireReader, end: number): Precondition {
  let precondition = before;
  while (reader.at < end) {
    const tag = reader.tag(end);
    const number = tag >>> 3;
    if (number === ENTRY_COUNT.number) precondition = { ...precondition, entryCount: reader.wide(reader.varint(end)) };
    else if (number === HEAD_POSITION.number) precondition = { ...precondition, headPosition: reader.wide(reader.varint(end)) };
    else reader.skip(tag, end, 0);
  }
  return precondition;
}
