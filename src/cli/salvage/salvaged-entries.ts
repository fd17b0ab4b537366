import { fromBinary } from "@bufbuild/protobuf";
import { type Entry, EntrySchema, type SegmentStart } from "../../../gen/seglog/v1/entry_pb.js";
import { entryFrames } from "../../model/entry-frames.js";
import type { SegmentId } from "../../model/id.js";
import type { Salvage } from "../../store/lmdb/salvage/open-salvage.js";
import type { RecordPlace, SalvagedSegment } from "../../store/lmdb/salvage/salvaged-segments.js";

/** The intact entries of a damaged store, by segment. */
export class SalvagedEntries {
  readonly #salvage: Salvage;
  readonly #segments: ReadonlyMap<SegmentId, SalvagedSegment>;

  constructor(salvage: Salvage) {
    this.#salvage = salvage;
    this.#segments = new Map(salvage.segments.map((segment) => [segment.segmentId, segment]));
  }

  /** A segment's intact records in order, each with its entries in frames. */
  *recordsOf(segmentId: SegmentId): Iterable<RecordPlace & { readonly frames: Uint8Array }> {
    for (const place of this.#segments.get(segmentId)?.records ?? []) yield { ...place, frames: this.#salvage.framesAt(place) };
  }

  /** A segment's intact entries in order. */
  *entriesOf(segmentId: SegmentId): Iterable<Entry> {
    for (const { frames } of this.recordsOf(segmentId)) {
      for (const { bodyStart, end } of entryFrames(frames)) yield fromBinary(EntrySchema, frames.subarray(bodyStart, end));
    }
  }

  /** What a segment starts with, where that is intact. */
  startOf(segmentId: SegmentId): SegmentStart | undefined {
    for (const { kind, index } of this.entriesOf(segmentId)) return index === 0n && kind.case === "segmentStart" ? kind.value : undefined;
    return undefined;
  }
}
