import { create, type DescField, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { EntrySchema, OpeningHistorySchema, SegmentStartSchema } from "../../gen/seglog/v1/entry_pb.js";
import { entryTooLarge } from "./errors.js";
import { ENTRY_SLACK_BYTES, type Limits, RESPONSE_BYTES } from "./limits.js";
import type { NewEntry } from "./new-entry.js";
import type { OpeningState } from "./opening-state.js";
import { concatenated } from "./wire/concatenated.js";
import { fieldHead, varintSize } from "./wire/wire-writer.js";

const START_KIND = EntrySchema.field.segmentStart.number;
const HISTORY_KIND = EntrySchema.field.openingHistory.number;
const START = SegmentStartSchema.field;
const MORE_HISTORY = OpeningHistorySchema.field.history;

/** Where a segment came from. */
interface OpeningOrigin {
  readonly segmentId: string;
  readonly atTurn: bigint;
}

/** What a new segment opens with. Ids are canonical. */
export interface Opening extends OpeningState {
  readonly sessionId: string;
  readonly forkedFrom?: OpeningOrigin | undefined;
  readonly compactedFrom?: OpeningOrigin | undefined;
}

/** What a fork opens with: nothing but where it came from and what it inherits. Ids are canonical. */
export interface ForkLineage {
  readonly sessionId: string;
  readonly forkedFrom: OpeningOrigin;
  readonly base: { readonly segmentId: string; readonly entryCount: number };
}

type EntryLimit = Pick<Limits, "entryBytesMax">;

/**
 * The opening entry for a state that a caller gave: always one.
 *
 * @throws SeglogError ENTRY_TOO_LARGE where it would pass the limit of an entry
 */
export function openingOfState(opening: Opening, { entryBytesMax }: EntryLimit): NewEntry {
  const start = [startHead(opening)];
  for (const item of opening.history) start.push(fieldHead(START.history.number, item.length), item);
  return openingEntry(START_KIND, start, entryBytesMax);
}

/**
 * The opening of a segment that takes over a state of any size: `segment_start` with as much of the
 * history as fits, then `opening_history` with the rest. Entries are of about RESPONSE_BYTES (less
 * where the limit of an entry is), unless a single item is larger: that one has an entry of its own.
 *
 * @throws SeglogError ENTRY_TOO_LARGE where prompt and config, or one item, pass the limit of an
 * entry and ENTRY_SLACK_BYTES
 */
export function openingOfCopiedState(opening: Opening, { entryBytesMax }: EntryLimit): NewEntry[] {
  const targetBytes = Math.min(RESPONSE_BYTES, entryBytesMax);
  const limitBytes = entryBytesMax + ENTRY_SLACK_BYTES;
  const entries: NewEntry[] = [];
  let kind = START_KIND;
  let fragments = [startHead(opening)];
  let bytes = fragments[0]?.length ?? 0;

  for (const item of opening.history) {
    const size = 1 + varintSize(item.length) + item.length;
    if (bytes > 0 && bytes + size > targetBytes) {
      entries.push(openingEntry(kind, fragments, limitBytes));
      kind = HISTORY_KIND;
      fragments = [];
      bytes = 0;
    }
    fragments.push(fieldHead(kind === START_KIND ? START.history.number : MORE_HISTORY.number, item.length), item);
    bytes += size;
  }
  entries.push(openingEntry(kind, fragments, limitBytes));
  return entries;
}

/** The opening entry of a fork by reference. */
export function openingOfFork({ sessionId, forkedFrom, base }: ForkLineage): NewEntry {
  const start = encodeStart({
    sessionId,
    forkedFrom,
    base: { segmentId: base.segmentId, entryCount: BigInt(base.entryCount) },
  });
  return encodedEntry(START_KIND, [start]);
}

function openingEntry(kind: number, fragments: readonly Uint8Array[], limitBytes: number): NewEntry {
  const entry = encodedEntry(kind, fragments);
  if (entry.bytes.length > limitBytes) throw entryTooLarge("state", entry.bytes.length, limitBytes);
  return entry;
}

/** An entry whose kind is given in pieces: encodings of one message after each other encode their merge. */
function encodedEntry(kind: number, fragments: readonly Uint8Array[]): NewEntry {
  const bytes = fragments.reduce((size, fragment) => size + fragment.length, 0);
  return { bytes: concatenated([fieldHead(kind, bytes), ...fragments]), kind, hasTime: false };
}

function startHead({ sessionId, systemPrompt, config, forkedFrom, compactedFrom }: Opening): Uint8Array {
  const lineage = encodeStart({ sessionId, ...(forkedFrom && { forkedFrom }), ...(compactedFrom && { compactedFrom }) });
  return concatenated([lineage, ...optionalField(START.systemPrompt, systemPrompt), ...optionalField(START.config, config)]);
}

function optionalField({ number }: DescField, value: Uint8Array | undefined): readonly Uint8Array[] {
  return value === undefined ? [] : [fieldHead(number, value.length), value];
}

function encodeStart(start: MessageInitShape<typeof SegmentStartSchema>): Uint8Array {
  return toBinary(SegmentStartSchema, create(SegmentStartSchema, start));
}
