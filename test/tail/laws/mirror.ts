import { fromBinary } from "@bufbuild/protobuf";
import { EntrySchema } from "../../../gen/seglog/v1/entry_pb.js";
import { entryFrames, kindOfEntry } from "../../../src/model/entry-frames.js";
import type { KindFilter } from "../../../src/model/entry-kinds.js";
import type { SegmentId, SessionId } from "../../../src/model/id.js";
import type { FeedEvent, FeedScope } from "../../../src/store/feed.js";
import type { SegmentStore } from "../../../src/store/segment-store.js";
import type { EntryRun } from "../../../src/store/store-reads.js";

/** One entry as it was sent. */
export interface SentEntry {
  readonly index: number;
  readonly position: number;
  /** The entry's bytes, as text so that they compare. */
  readonly bytes: string;
}

interface MirroredSegment {
  readonly sessionId: SessionId;
  readonly entries: readonly SentEntry[];
}

/** What an honest observer keeps: the entries it was sent, less what the events say is gone. */
export class Mirror {
  readonly #segments: Map<SegmentId, MirroredSegment>;

  constructor(segments: ReadonlyMap<SegmentId, MirroredSegment> = new Map()) {
    this.#segments = new Map(segments);
  }

  clone(): Mirror {
    return new Mirror(this.#segments);
  }

  /** The same, of each segment only what is below an index. */
  below(end: number): Mirror {
    const cut = [...this.#segments].map(([segmentId, { sessionId, entries }]) => {
      return [segmentId, { sessionId, entries: entries.filter(({ index }) => index < end) }] as const;
    });
    return new Mirror(new Map(cut));
  }

  entriesOf(segmentId: SegmentId): readonly SentEntry[] {
    return this.#segments.get(segmentId)?.entries ?? [];
  }

  /** Takes in a run and gives its entries. */
  add(run: EntryRun): readonly SentEntry[] {
    const entries = entriesIn(run);
    this.#segments.set(run.segmentId, { sessionId: run.sessionId, entries: [...this.entriesOf(run.segmentId), ...entries] });
    return entries;
  }

  apply(event: FeedEvent): void {
    switch (event.type) {
      case "segmentTruncated": {
        const segment = this.#segments.get(event.segmentId);
        if (segment === undefined) return;
        this.#segments.set(event.segmentId, { ...segment, entries: segment.entries.filter(({ index }) => index < event.entryCount) });
        return;
      }
      case "segmentDeleted":
        this.#segments.delete(event.segmentId);
        return;
      case "sessionDeleted":
        for (const [segmentId, { sessionId }] of this.#segments) {
          if (sessionId === event.sessionId) this.#segments.delete(segmentId);
        }
        return;
      default:
        event satisfies never;
    }
  }

  /** As plain data that compares: a line for each segment that has entries. */
  lines(): readonly string[] {
    return [...this.#segments]
      .filter(([, { entries }]) => entries.length > 0)
      .map(([segmentId, { sessionId, entries }]) => lineOf(sessionId, segmentId, entries))
      .sort();
  }
}

/** What the store has in a scope, as an observer with this filter should have it. */
export async function mirrorOfStore(store: SegmentStore, scope: FeedScope, kinds: KindFilter): Promise<Mirror> {
  const segments = new Map<SegmentId, MirroredSegment>();
  for (const { segmentId, sessionId } of await store.listSegments({ limit: 1000 })) {
    if ("sessionId" in scope && scope.sessionId !== sessionId) continue;
    if (scope.type === "segment" && scope.segmentId !== segmentId) continue;
    const runs = await store.readEntries({ segmentId, fromIndex: 0, toIndex: Number.MAX_SAFE_INTEGER, bytesMax: 2 ** 30 });
    segments.set(segmentId, { sessionId, entries: runs.flatMap((run) => entriesIn(run, kinds)) });
  }
  return new Mirror(segments);
}

/** The same entry comes again and again: to those who resume, to all who follow. */
const read = new Map<string, { readonly index: number; readonly position: number }>();

/** The entries of a run. */
export function entriesIn(run: EntryRun, kinds?: KindFilter): readonly SentEntry[] {
  const entries: SentEntry[] = [];
  const frames = Buffer.from(run.frames.buffer, run.frames.byteOffset, run.frames.length);
  for (const { bodyStart, end } of entryFrames(frames)) {
    if (kinds !== undefined && !kinds.has(kindOfEntry(frames, bodyStart, end))) continue;
    const bytes = frames.toString("latin1", bodyStart, end);
    entries.push({ ...placeOf(bytes), bytes });
  }
  return entries;
}

function placeOf(bytes: string): { readonly index: number; readonly position: number } {
  const known = read.get(bytes);
  if (known !== undefined) return known;
  const { index, position } = fromBinary(EntrySchema, Buffer.from(bytes, "latin1"));
  const place = { index: Number(index), position: Number(position) };
  if (read.size > 100_000) read.clear();
  read.set(bytes, place);
  return place;
}

function lineOf(sessionId: SessionId, segmentId: SegmentId, entries: readonly SentEntry[]): string {
  return `${sessionId} ${segmentId} ${entries.map(({ index, position, bytes }) => `${index}@${position}=${bytes.length}:${bytes}`).join(" ")}`;
}
