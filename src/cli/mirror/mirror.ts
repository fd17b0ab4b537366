import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Entry } from "../../../gen/seglog/v1/entry_pb.js";
import type { Segment } from "../../../gen/seglog/v1/segment_pb.js";
import type { EntryBatch, SegmentTruncated, TailResponse } from "../../../gen/seglog/v1/segment_service_pb.js";
import { SegmentClientError } from "../../client/client-error.js";
import type { ClientContext } from "../with-client.js";
import { KnownSegments } from "./known-segments.js";
import type { EntryRun, MirrorCopy, Removal, SourceSegment } from "./mirror-copy.js";
import { MirrorCounts } from "./mirror-counts.js";
import { SourceChangedError, sourceError } from "./source-changed-error.js";

const MAY_REMOVE: Removal = { mayRemove: true };

/**
 * Brings a copy to what its source is, segment by segment.
 *
 * A segment is known once this process has compared it from its first entry on. What the tail brings for a known segment is
 * added where it follows without a gap; whatever else comes has the segment compared anew. That reads the source as it is
 * then, which may be ahead of the tail: what the tail brings of it afterwards is recognised by its position.
 */
export class Mirror {
  readonly counts = new MirrorCounts();
  readonly #source: ClientContext;
  readonly #copy: MirrorCopy;
  readonly #known = new KnownSegments();

  constructor(source: ClientContext, copy: MirrorCopy) {
    this.#source = source;
    this.#copy = copy;
  }

  /** Whether a segment has been compared by this process, and nothing has gone wrong with it since. */
  isKnown(segmentId: string): boolean {
    return this.#known.get(segmentId) !== undefined;
  }

  /** Does what a message of the tail says. Where it fails, the same message has to come again. */
  async take({ event, position }: TailResponse): Promise<void> {
    switch (event.case) {
      case "entries":
        return this.#takeBatches(event.value.batches);
      case "segmentTruncated":
        return this.#takeTruncation(event.value, position);
      case "segmentDeleted":
        return this.deleteSegment(event.value.segmentId);
      case "sessionDeleted":
        return this.deleteSession(event.value.sessionId);
      case "caughtUp":
      case "heartbeat":
      case undefined:
        return;
      default:
        return event satisfies never;
    }
  }

  /** Brings one segment, and what it is based on, to what it is at the source. */
  async sync(segment: SourceSegment, removal: Removal = MAY_REMOVE): Promise<void> {
    await this.#syncBase(segment, removal);
    try {
      await this.#syncOne(segment, removal);
    } catch (error) {
      if (!(error instanceof SegmentClientError) || error.reason !== "BASE_NOT_FOUND" || segment.base === undefined) throw error;
      // The copy has another base than this process believed.
      this.#known.forget(segment.base.segmentId);
      await this.#syncBase(segment, removal);
      await this.#syncOne(segment, removal);
    }
  }

  /** Takes a segment from the copy. Where its id has been used again, its new entries come later, and bring it back. */
  async deleteSegment(segmentId: string): Promise<void> {
    this.#forget(segmentId);
    await this.#bringBack(await this.#copy.deleteSegment(segmentId));
  }

  /** Takes a session from the copy. */
  async deleteSession(sessionId: string): Promise<void> {
    for await (const { segmentId } of this.#copy.segmentsOf(sessionId)) this.#forget(segmentId);
    await this.#copy.deleteSession(sessionId);
  }

  async #takeBatches(batches: readonly EntryBatch[]): Promise<void> {
    let runs: EntryRun[] = [];
    for (const batch of batches) {
      const fresh = this.#freshOf(batch);
      const [first] = fresh;
      if (first === undefined) continue;
      if (this.#follows(batch.segmentId, fresh)) {
        runs.push({ place: batch, entries: fresh });
        this.#passTo(batch.segmentId, fresh);
        continue;
      }
      // What comes next may be based on what these add.
      await this.#append(runs);
      runs = [];
      await this.#syncById(batch.segmentId);
    }
    await this.#append(runs);
  }

  /** What of a batch a comparison has not brought already. */
  #freshOf({ segmentId, entries }: EntryBatch): readonly Entry[] {
    const known = this.#known.get(segmentId);
    return known === undefined ? entries : entries.filter(({ position }) => position > known.lastPosition);
  }

  /** Openings, and what looks like one, are an import's to bring in. */
  #follows(segmentId: string, entries: readonly Entry[]): boolean {
    const isPlain = ({ kind }: Entry) => kind.case !== "segmentStart" && kind.case !== "openingHistory";
    return this.#known.get(segmentId)?.entryCount === entries[0]?.index && entries.every(isPlain);
  }

  #passTo(segmentId: string, entries: readonly Entry[]): void {
    const last = entries.at(-1);
    if (last === undefined) return;
    this.#known.set(segmentId, { entryCount: last.index + 1n, lastPosition: last.position });
    if (last.time !== undefined) this.counts.lastTimeMs = timestampMs(last.time);
  }

  async #append(runs: readonly EntryRun[]): Promise<void> {
    if (runs.length === 0) return;
    try {
      const { refused, leftOutCounts } = await this.#copy.append(runs);
      for (const { place, entries } of runs) if (!refused.includes(place.segmentId)) this.counts.entries += entries.length;
      for (const [segmentId, count] of leftOutCounts) this.counts.addLeftOut(segmentId, count);
      for (const segmentId of refused) await this.#syncById(segmentId);
    } catch (error) {
      for (const { place } of runs) this.#forget(place.segmentId);
      throw error;
    }
  }

  /** A truncation that a comparison has seen is done: what it found stands behind it. */
  async #takeTruncation({ segmentId, entryCount }: SegmentTruncated, position: bigint): Promise<void> {
    const known = this.#known.get(segmentId);
    if (known === undefined) return this.#syncById(segmentId);
    if (known.lastPosition > position) return;
    if (known.entryCount > entryCount) {
      this.#forget(segmentId);
      const removed = await this.#copy.cut(segmentId, entryCount);
      if (removed === undefined) return this.#syncById(segmentId);
      this.#known.set(segmentId, { entryCount, lastPosition: position });
      return this.#bringBack(removed);
    }
    this.#known.set(segmentId, { entryCount: known.entryCount, lastPosition: position });
  }

  /** Segments that had to make room for others: where the source has them, they come back. */
  async #bringBack(segmentIds: readonly string[]): Promise<void> {
    for (const segmentId of segmentIds) this.#forget(segmentId);
    for (const segmentId of segmentIds) await this.#syncById(segmentId);
  }

  /** Compares a segment, unless the source has it no more: its deletion is then still to come. */
  async #syncById(segmentId: string, removal: Removal = MAY_REMOVE): Promise<void> {
    this.#forget(segmentId);
    const segment = await this.#segmentAtSource(segmentId);
    if (segment !== undefined) await this.sync(segment, removal);
  }

  async #syncBase({ base }: SourceSegment, removal: Removal): Promise<void> {
    if (base === undefined || !this.#copy.hasBases) return;
    if ((this.#known.get(base.segmentId)?.entryCount ?? 0n) < base.entryCount) await this.#syncById(base.segmentId, removal);
  }

  async #syncOne({ sessionId, segmentId }: SourceSegment, removal: Removal): Promise<void> {
    this.#forget(segmentId);
    try {
      const synced = await this.#copy.sync({ sessionId, segmentId }, removal);
      this.#known.set(segmentId, synced);
      this.counts.compared++;
      this.counts.entries += synced.addedCount;
      this.counts.setLeftOut(segmentId, synced.leftOutCount);
      if (synced.lastTimeMs > this.counts.lastTimeMs) this.counts.lastTimeMs = synced.lastTimeMs;
      await this.#bringBack(synced.removed);
    } catch (error) {
      // The tail tells of it later, and then it is compared again.
      if (!(error instanceof SourceChangedError)) throw error;
    }
  }

  async #segmentAtSource(segmentId: string): Promise<Segment | undefined> {
    const { client, signal } = this.#source;
    try {
      return (await client.getSegment({ segmentId }, { signal })).segment;
    } catch (error) {
      if (sourceError(error) instanceof SourceChangedError) return undefined;
      throw error;
    }
  }

  #forget(segmentId: string): void {
    this.#known.forget(segmentId);
  }
}
