import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { EntrySchema, type Item, OpeningHistorySchema, type RequestConfig, SegmentStartSchema } from "../../gen/seglog/v1/entry_pb.js";
import { entryTooLarge } from "./errors.js";
import { ENTRY_SLACK_BYTES, type Limits, RESPONSE_BYTES } from "./limits.js";
import type { NewEntry } from "./new-entry.js";

const START_KIND = EntrySchema.field.segmentStart.number;
const HISTORY_KIND = EntrySchema.field.openingHistory.number;

/** Where a segment came from. */
interface OpeningOrigin {
  readonly segmentId: string;
  readonly atTurn: bigint;
}

/** What a new segment opens with. Ids are canonical. */
export interface Opening {
  readonly sessionId: string;
  readonly systemPrompt?: string | undefined;
  readonly config?: RequestConfig | undefined;
  readonly history: readonly Item[];
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
  const start = [startHead(opening), ...opening.history.map(startItem)];
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
    let fragment = kind === START_KIND ? startItem(item) : historyItem(item);
    if (bytes > 0 && bytes + fragment.length > targetBytes) {
      entries.push(openingEntry(kind, fragments, limitBytes));
      if (kind === START_KIND) fragment = historyItem(item);
      kind = HISTORY_KIND;
      fragments = [];
      bytes = 0;
    }
    fragments.push(fragment);
    bytes += fragment.length;
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
  const writer = new BinaryWriter().tag(kind, WireType.LengthDelimited).fork();
  for (const fragment of fragments) writer.raw(fragment);
  return { bytes: writer.join().finish(), kind, hasTime: false };
}

function startHead({ sessionId, systemPrompt, config, forkedFrom, compactedFrom }: Opening): Uint8Array {
  return encodeStart({
    sessionId,
    ...(systemPrompt === undefined ? {} : { systemPrompt }),
    ...(config === undefined ? {} : { config }),
    ...(forkedFrom === undefined ? {} : { forkedFrom }),
    ...(compactedFrom === undefined ? {} : { compactedFrom }),
  });
}

function startItem(item: Item): Uint8Array {
  return encodeStart({ history: [item] });
}

function historyItem(item: Item): Uint8Array {
  return toBinary(OpeningHistorySchema, create(OpeningHistorySchema, { history: [item] }));
}

function encodeStart(start: MessageInitShape<typeof SegmentStartSchema>): Uint8Array {
  return toBinary(SegmentStartSchema, create(SegmentStartSchema, start));
}
