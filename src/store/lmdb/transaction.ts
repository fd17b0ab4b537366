import type { SegmentId, SessionId } from "../../model/id.js";
import type { Limits } from "../../model/limits.js";
import type { CommitNotice } from "../segment-store.js";
import type { KeyRange, KeyValue, Writer } from "./engine.js";

/** A write must wait until a removal that is under way has removed what it needs. */
export class PurgePendingError extends Error {
  override readonly name = "PurgePendingError";
}

/**
 * What the writes of one commit write through.
 *
 * LMDB does not undo the puts of a callback that throws. A write therefore decides everything before
 * its first put and never throws after it; `hasWritten` lets the queue check that it kept to this.
 */
export class Transaction implements Writer {
  readonly #writer: Writer;
  readonly #grown: CommitNotice["grown"][number][] = [];
  #nextPosition: number;
  #hasWritten = false;

  constructor(
    writer: Writer,
    /** Position that the next entry or event takes. */
    nextPosition: number,
    /** The commit's time, in milliseconds since the epoch. */
    readonly nowMs: number,
    readonly limits: Limits,
    /** Most keys that one step of a removal removes. */
    readonly purgeStepKeys: number,
  ) {
    this.#writer = writer;
    this.#nextPosition = nextPosition;
  }

  get(key: Uint8Array): Buffer | undefined {
    return this.#writer.get(key);
  }

  range(range: KeyRange): Iterable<KeyValue> {
    return this.#writer.range(range);
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#hasWritten = true;
    this.#writer.put(key, value);
  }

  append(key: Uint8Array, value: Uint8Array): void {
    this.#hasWritten = true;
    this.#writer.append(key, value);
  }

  remove(key: Uint8Array): void {
    this.#hasWritten = true;
    this.#writer.remove(key);
  }

  /** Takes the next positions of the feed and gives the first. */
  takePositions(count: number): number {
    const first = this.#nextPosition;
    this.#nextPosition += count;
    return first;
  }

  /** Notes whose feed grew. A session that was deleted stands without a segment. */
  grew(sessionId: SessionId, segmentId: SegmentId | undefined): void {
    this.#grown.push({ sessionId, segmentId });
  }

  get nextPosition(): number {
    return this.#nextPosition;
  }

  /** Whose feeds grew so far. */
  get grown(): CommitNotice["grown"] {
    return this.#grown;
  }

  /** Whether the write that is under way has written anything. */
  get hasWritten(): boolean {
    return this.#hasWritten;
  }

  /** Begins the next write of the commit. */
  beginWrite(): void {
    this.#hasWritten = false;
  }
}
