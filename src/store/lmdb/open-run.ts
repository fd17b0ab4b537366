import { frameSize, writeEntryFrame } from "../../model/entry-frames.js";
import type { NewEntry } from "../../model/new-entry.js";
import type { Writer } from "./engine.js";
import { recordCuts } from "./record-cuts.js";
import { appendRecord } from "./tables/feed.js";
import { type SegmentHead, writeHead } from "./tables/segment-heads.js";
import { addRecordStart } from "./tables/segment-index.js";
import { addTurn } from "./tables/turns.js";

/** Field numbers in Entry of what an opening consists of. */
const SEGMENT_START_KIND = 4;
const OPENING_HISTORY_KIND = 17;

/**
 * Entries that one segment gets in a commit, of one write or of several that follow each other: they share records,
 * and one put of the head. Their positions follow each other.
 */
export class OpenRun {
  readonly #before: SegmentHead;
  readonly #position: number;
  readonly #timeMs: number;
  readonly #entries: NewEntry[] = [];
  readonly #sizes: number[] = [];
  #head: SegmentHead;

  /** @param before what the segment's head says before these entries */
  constructor(before: SegmentHead, at: { readonly position: number; readonly timeMs: number }) {
    this.#before = before;
    this.#head = before;
    this.#position = at.position;
    this.#timeMs = at.timeMs;
  }

  /** What the segment's head says behind these entries. */
  get head(): SegmentHead {
    return this.#head;
  }

  /** Adds entries behind those that are there. The turns that they end are noted at once, all else by `write`. */
  add(writer: Writer, entries: readonly NewEntry[]): void {
    let { entryCount, openingCount, turnCount, lastRunInterrupted, byteSize } = this.#head;
    for (const entry of entries) {
      const size = frameSize(entry, this.#stampAt(this.#entries.length));
      this.#entries.push(entry);
      this.#sizes.push(size);
      byteSize += size;
      if (entry.turnCount !== undefined) {
        turnCount = entry.turnCount;
        addTurn(writer, this.#head.segmentId, entry.turnCount, entryCount);
      }
      if (entry.isInterrupted !== undefined) lastRunInterrupted = entry.isInterrupted;
      if (extendsOpening(entry, { index: entryCount, openingCount })) openingCount++;
      entryCount++;
    }
    const { segmentId, sessionId, namespace, traceByteSize, createMs, depth, forkedFrom, compactedFrom, base } = this.#before;
    const headPosition = this.#position + this.#entries.length - 1;
    const updateMs = this.#timeMs;
    // Named one by one, because it is done for every Append: a spread takes several times as long.
    this.#head = {
      segmentId,
      sessionId,
      namespace,
      entryCount,
      openingCount,
      headPosition,
      turnCount,
      lastRunInterrupted,
      byteSize,
      traceByteSize,
      createMs,
      updateMs,
      depth,
      forkedFrom,
      compactedFrom,
      base,
    };
  }

  /** Writes the records into the feed, their starts into the segment's index, and the head. */
  write(writer: Writer): void {
    const { segmentId } = this.#before;
    let { byteSize, turnCount, lastRunInterrupted } = this.#before;
    let from = 0;
    for (const count of recordCuts(this.#sizes)) {
      const { index, position } = this.#stampAt(from);
      const frames = this.#framesOf(from, from + count);
      appendRecord(writer, {
        type: "entries",
        position,
        segmentId,
        firstIndex: index,
        count,
        commitMs: this.#timeMs,
        before: { byteSize, turnCount, isInterrupted: lastRunInterrupted },
        frames,
      });
      addRecordStart(writer, segmentId, { index, position });
      byteSize += frames.length;
      for (const entry of this.#entries.slice(from, from + count)) {
        turnCount = entry.turnCount ?? turnCount;
        lastRunInterrupted = entry.isInterrupted ?? lastRunInterrupted;
      }
      from += count;
    }
    writeHead(writer, this.#head);
  }

  #stampAt(offset: number) {
    return { index: this.#before.entryCount + offset, position: this.#position + offset, timeMs: this.#timeMs };
  }

  #framesOf(from: number, to: number): Buffer {
    let size = 0;
    for (let i = from; i < to; i++) size += this.#sizes[i] ?? 0;
    const frames = Buffer.allocUnsafe(size);
    let end = 0;
    for (const [i, entry] of this.#entries.slice(from, to).entries()) end = writeEntryFrame(frames, end, entry, this.#stampAt(from + i));
    return frames;
  }
}

/** The opening is entry 0 and the opening history directly behind it. */
function extendsOpening(entry: NewEntry, at: { readonly index: number; readonly openingCount: number }): boolean {
  if (at.index !== at.openingCount) return false;
  return at.index === 0 ? entry.kind === SEGMENT_START_KIND : entry.kind === OPENING_HISTORY_KIND;
}
