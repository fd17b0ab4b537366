import { fromBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { EntrySchema } from "../../../gen/seglog/v1/entry_pb.js";
import { entryFrames } from "../../../src/model/entry-frames.js";
import type { SegmentId, SessionId } from "../../../src/model/id.js";
import type { NewEntry } from "../../../src/model/new-entry.js";
import type { FeedEvent, FeedRange, FeedScope } from "../../../src/store/feed.js";
import type { SegmentStore } from "../../../src/store/segment-store.js";
import type { EntryRun, ReadRange } from "../../../src/store/store-reads.js";

/** One entry as a store gives it. */
export interface StoredEntry {
  readonly sessionId: SessionId;
  readonly segmentId: SegmentId;
  readonly index: number;
  readonly position: number;
  /** The entry's bytes, in hex, so that a difference can be read. */
  readonly bytes: string;
}

/** One thing in a feed, on its own. */
export type FeedThing = StoredEntry | FeedEvent;

/** What the bytes of an entry must be once it is stored: the writer's, then index, position and, where he set none, the time. */
export function storedBytes(
  entry: NewEntry,
  place: { readonly index: number; readonly position: number; readonly timeMs: number },
): string {
  const writer = new BinaryWriter().raw(entry.bytes);
  writer.tag(1, WireType.Varint).uint64(place.index).tag(2, WireType.Varint).uint64(place.position);
  if (!entry.hasTime) {
    const { timeMs } = place;
    writer.tag(3, WireType.LengthDelimited).fork();
    writer
      .tag(1, WireType.Varint)
      .int64(Math.floor(timeMs / 1000))
      .tag(2, WireType.Varint)
      .int32((timeMs % 1000) * 1e6)
      .join();
  }
  return hex(writer.finish());
}

/** Bytes that an entry takes where it is stored: its frame. */
export function frameBytes(storedHex: string): number {
  return new BinaryWriter().tag(3, WireType.LengthDelimited).bytes(Buffer.from(storedHex, "hex")).finish().length;
}

/** The entries of a run, each with the index and the position that its own bytes say. */
export function entriesOf(run: EntryRun): readonly StoredEntry[] {
  const entries = Array.from(entryFrames(run.frames), ({ bodyStart, end }) => run.frames.subarray(bodyStart, end));
  if (entries.length !== run.count) throw new Error(`a run of ${run.count} has ${entries.length} entries`);
  return entries.map((bytes, i) => {
    const { index, position } = fromBinary(EntrySchema, bytes);
    if (Number(index) !== run.firstIndex + i || Number(position) !== run.firstPosition + i) {
      throw new Error(`entry ${i} of the run from ${run.firstIndex} at ${run.firstPosition} says index ${index}, position ${position}`);
    }
    return { sessionId: run.sessionId, segmentId: run.segmentId, index: Number(index), position: Number(position), bytes: hex(bytes) };
  });
}

/** All entries of a range, page by page, in the order asked for. Each page is held to its limit of bytes. */
export async function readAll(
  store: SegmentStore,
  segmentId: SegmentId,
  range: Partial<Omit<ReadRange, "segmentId">> = {},
): Promise<readonly StoredEntry[]> {
  const { backward = false, bytesMax = 1 << 20 } = range;
  let { fromIndex = 0, toIndex = Number.MAX_SAFE_INTEGER } = range;
  const read: StoredEntry[] = [];
  for (;;) {
    const runs = await store.readEntries({ ...range, segmentId, backward, bytesMax, fromIndex, toIndex });
    if (runs.length === 0) return read;
    holdToBytes(runs, bytesMax);
    const entries = runs.flatMap((run) => (backward ? [...entriesOf(run)].reverse() : entriesOf(run)));
    read.push(...entries);
    const last = entries.at(-1)?.index ?? 0;
    if (backward) toIndex = last;
    else fromIndex = last + 1;
    if (fromIndex >= toIndex) return read;
  }
}

/** A feed from a position to an end, page by page. Each page is held to its limit, and to what it says of its position. */
export async function readFeedWhole(
  store: SegmentStore,
  scope: FeedScope,
  range: Partial<Omit<FeedRange, "scope">> = {},
): Promise<readonly FeedThing[]> {
  const { upToPosition = store.headPosition, bytesMax = 1 << 20, eventsAfterPosition = 0 } = range;
  let { afterPosition = 0 } = range;
  const read: FeedThing[] = [];
  while (afterPosition < upToPosition) {
    const before = afterPosition;
    const page = await store.readFeed({ scope, afterPosition, upToPosition, eventsAfterPosition, bytesMax });
    const things = page.items.flatMap((item): readonly FeedThing[] => (item.type === "entries" ? entriesOf(item) : [item]));
    for (const thing of things) {
      if (thing.position <= afterPosition || thing.position > page.position)
        throw new Error(`position ${thing.position} is not in its page`);
      afterPosition = thing.position;
    }
    holdToBytes(
      page.items.filter((item) => item.type === "entries"),
      bytesMax,
    );
    if (page.position <= before) throw new Error("a page goes nowhere");
    afterPosition = page.position;
    read.push(...things);
  }
  return read;
}

/** Feed events and entries by position, in short: what most tests compare. */
export function inShort(things: readonly FeedThing[]): readonly string[] {
  return things.map((thing) => {
    if ("index" in thing) return `${thing.position} entry ${thing.index}`;
    return `${thing.position} ${thing.type}${thing.type === "segmentTruncated" ? ` to ${thing.entryCount}` : ""}`;
  });
}

function holdToBytes(runs: readonly EntryRun[], bytesMax: number): void {
  const bytes = runs.reduce((sum, run) => sum + run.frames.length, 0);
  const count = runs.reduce((sum, run) => sum + run.count, 0);
  if (bytes > bytesMax && count > 1) throw new Error(`a page of ${count} entries has ${bytes} bytes, the limit was ${bytesMax}`);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
