import type { SegmentId, SessionId } from "../../model/id.js";
import type { Limits } from "../../model/limits.js";
import { type Sight, WHOLE_SIGHT } from "../../model/namespace.js";
import type { NewEntry } from "../../model/new-entry.js";
import type { CommitNotice, Grown } from "../feed.js";
import type { NamespaceLedger } from "../namespace-ledger.js";
import type { KeyRange, KeyValue, Writer } from "./engine.js";
import { OpenRun } from "./open-run.js";
import { TABLE } from "./tables/keys.js";
import { type Purge, readPurges } from "./tables/purges.js";
import type { SegmentHead } from "./tables/segment-heads.js";
import type { View } from "./view.js";

/** A write must wait until a removal that is under way has removed what it needs. */
export class PurgePendingError extends Error {
  override readonly name = "PurgePendingError";
}

/** Tables that an open run has yet to write to. */
const TABLES_OF_RUNS: ReadonlySet<number | undefined> = new Set([TABLE.feed, TABLE.segmentIndex, TABLE.segmentHeads]);

/**
 * What the writes of one commit write through.
 *
 * LMDB does not undo the puts of a callback that throws. A write therefore decides everything before
 * its first put and never throws after it; `hasWritten` lets the queue check that it kept to this.
 *
 * Entries gather in an open run, so that appends of one segment that follow each other share records. Whoever looks at
 * the tables that the run belongs in finds it there: it is written before.
 */
export class Transaction implements Writer, View {
  readonly #writer: Writer;
  readonly #grown: Grown[] = [];
  #sight = WHOLE_SIGHT;
  #run: OpenRun | undefined;
  #purges: readonly Purge[] | undefined;
  #nextPosition: number;
  #hasWritten = false;
  #hasRemoved = false;
  #isBroken = false;

  constructor(
    writer: Writer,
    /** Position that the next entry or event takes. */
    nextPosition: number,
    /** The commit's time, in milliseconds since the epoch. */
    readonly nowMs: number,
    readonly limits: Limits,
    /** Most keys that one step of a removal removes. */
    readonly purgeStepKeys: number,
    /** Counts what namespaces take up: what is noted here holds once the commit does, and a store whose commit fails is lost anyway. */
    readonly ledger: NamespaceLedger,
  ) {
    this.#writer = writer;
    this.#nextPosition = nextPosition;
  }

  get(key: Uint8Array): Buffer | undefined {
    this.#settle(key);
    return this.#writer.get(key);
  }

  range(range: KeyRange): Iterable<KeyValue> {
    this.#settle(range.start);
    return this.#writer.range(range);
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#settle(key);
    this.#hasWritten = true;
    this.#writer.put(key, value);
  }

  append(key: Uint8Array, value: Uint8Array): void {
    this.#settle(key);
    this.#hasWritten = true;
    this.#writer.append(key, value);
  }

  remove(key: Uint8Array): void {
    this.#settle(key);
    this.#hasWritten = true;
    this.#writer.remove(key);
  }

  /** Adds entries behind a segment's last one, and gives the segment's head as it is then. */
  extend(head: SegmentHead, entries: readonly NewEntry[]): SegmentHead {
    if (entries.length === 0) return head;
    if (this.#run?.head !== head) {
      this.#writeRun();
      this.#run = new OpenRun(head, { position: this.#nextPosition, timeMs: this.nowMs });
    }
    this.#hasWritten = true;
    this.#nextPosition += entries.length;
    this.#run.add(this.#writer, entries);
    const grown = this.#run.head;
    this.ledger.note(grown.namespace, { bytes: grown.byteSize - head.byteSize });
    return grown;
  }

  /** The head of the segment that the commit's last entries went to, where that is this one. */
  openHead(segmentId: SegmentId): SegmentHead | undefined {
    return this.#run?.head.segmentId === segmentId ? this.#run.head : undefined;
  }

  /** The removals that are under way. */
  purges(): readonly Purge[] {
    this.#purges ??= readPurges(this.#writer);
    return this.#purges;
  }

  /** Takes a position of the feed for the event of a removal. */
  takeEventPosition(): number {
    this.#writeRun();
    this.#hasRemoved = true;
    return this.#nextPosition++;
  }

  /** Whether anything was cut off or deleted. */
  get hasRemoved(): boolean {
    return this.#hasRemoved;
  }

  /** Notes whose feed grew. A session that was deleted stands without a segment. */
  grew(namespace: string, sessionId: SessionId, segmentId: SegmentId | undefined): void {
    const last = this.#grown.at(-1);
    if (last?.segmentId === segmentId && last?.sessionId === sessionId) return;
    this.#grown.push({ namespace, sessionId, segmentId });
  }

  /** Position of the last entry or event. */
  get lastPosition(): number {
    return this.#nextPosition - 1;
  }

  /** Whose feeds grew so far. */
  get grown(): CommitNotice["grown"] {
    return this.#grown;
  }

  /** Whether the write that is under way has written anything, or found that an earlier one's entries cannot be. */
  get hasWritten(): boolean {
    return this.#hasWritten || this.#isBroken;
  }

  /** Begins the next write of the commit. */
  beginWrite(): void {
    this.#hasWritten = false;
    this.#sight = WHOLE_SIGHT;
  }

  /** What the write that is under way sees: all, unless a caller asked for it. */
  get sight(): Sight {
    return this.#sight;
  }

  /** Has the write that is under way see what a caller does. */
  seenBy(sight: Sight): this {
    this.#sight = sight;
    return this;
  }

  /** Writes what has gathered. The last call of a commit. */
  finish(): void {
    this.#writeRun();
  }

  #settle(key: Uint8Array): void {
    if (TABLES_OF_RUNS.has(key[0])) this.#writeRun();
    else if (key[0] === TABLE.purges) this.#purges = undefined;
  }

  /** Writes past `hasWritten`: what gathered is an earlier write's. So is a failure, whoever meets with it. */
  #writeRun(): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    this.#isBroken = true;
    run.write(this.#writer);
    this.#isBroken = false;
  }
}
