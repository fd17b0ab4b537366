import { statSync } from "node:fs";
import { join } from "node:path";
import { segmentNotFound, sessionNotFound } from "../../model/errors.js";
import type { SegmentId, SessionId } from "../../model/id.js";
import { type Sight, WHOLE_SIGHT } from "../../model/namespace.js";
import type { CommitNotice, FeedPage, FeedRange, FeedScope, ScopeFate } from "../feed.js";
import type { Point, SessionInfo } from "../segment-info.js";
import type { SegmentStore } from "../segment-store.js";
import type { StoreBackups } from "../store-backups.js";
import type { EntryRun, NamespaceUse, ReadRange, SessionRange, StoreStatus, TracePage } from "../store-reads.js";
import type {
  AppendParams,
  AppendResult,
  CompactSegmentParams,
  CreateSegmentParams,
  EnsureHeadParams,
  EnsureHeadResult,
  ForkSegmentParams,
  ImportUnitParams,
  NewTraceEntry,
  Outcome,
  Remembered,
  TruncateResult,
} from "../store-writes.js";
import type { TokenStore } from "../token-store.js";
import type { CommitQueue } from "./commit-queue.js";
import { DATA_FILE, type Engine } from "./engine.js";
import { LmdbTokenStore } from "./lmdb-token-store.js";
import { countAt } from "./prefix.js";
import type { Purger } from "./purger.js";
import { namingDamage } from "./read/damage.js";
import { fateOf } from "./read/fate.js";
import { listSegments, listSessions, sessionInfo } from "./read/lists.js";
import { positionOf, readEntries } from "./read/read-entries.js";
import { readFeed } from "./read/read-feed.js";
import { readTrace } from "./read/read-trace.js";
import type { RequestIdClock } from "./request-id-clock.js";
import { liveHead } from "./tables/purges.js";
import { recallAnswer, rememberAnswer, spaceOf } from "./tables/request-ids.js";
import type { SegmentHead } from "./tables/segment-heads.js";
import type { StoreMeta } from "./tables/store-meta.js";
import { PurgePendingError, type Transaction } from "./transaction.js";
import type { View } from "./view.js";
import { bytesOf } from "./write/add-entries.js";
import { append, inStreamOrder } from "./write/append.js";
import { appendTrace } from "./write/append-trace.js";
import { compactSegment, createSegment } from "./write/create-segment.js";
import { deleteSegment, deleteSession } from "./write/delete.js";
import { ensureHeadOrFork } from "./write/ensure-head.js";
import { forkSegment } from "./write/fork.js";
import { importUnit } from "./write/import-unit.js";
import { truncateSegment } from "./write/truncate-segment.js";

/** What a write without entries of its own counts for, in bytes. */
const SMALL_WRITE_BYTES = 1024;

/** The parts that the store is made of. */
export interface LmdbStoreParts {
  readonly dir: string;
  readonly engine: Engine;
  readonly queue: CommitQueue;
  readonly purger: Purger;
  readonly backups: StoreBackups;
  readonly meta: StoreMeta;
  readonly idClock: RequestIdClock;
  /** Lets go of what was opened around the store, last of all. */
  readonly release: () => Promise<void>;
}

/**
 * SegmentStore over LMDB, for one sight. Writes go through the commit queue, one file each under write/; reads look
 * at what is durable, one file each under read/; the tables are drawn in tables/keys.ts.
 */
export class LmdbSegmentStore implements SegmentStore {
  readonly #parts: LmdbStoreParts;
  /** What is durable, as the sight has it. */
  readonly #view: View;

  constructor(parts: LmdbStoreParts, sight: Sight = WHOLE_SIGHT) {
    this.#parts = parts;
    const { get, range } = parts.engine.read();
    this.#view = { get, range, sight };
  }

  /** The tokens of the same store, whatever the sight. */
  get tokens(): TokenStore {
    return new LmdbTokenStore(this.#parts);
  }

  seenBy(sight: Sight): SegmentStore {
    return new LmdbSegmentStore(this.#parts, sight);
  }

  createSegment(params: CreateSegmentParams, remember?: Remembered<SegmentHead>): Promise<Outcome<SegmentHead>> {
    return this.#write({ bytes: bytesOf(params.opening), grows: true }, remember, (tx) => createSegment(tx, params));
  }

  compactSegment(params: CompactSegmentParams, remember?: Remembered<SegmentHead>): Promise<Outcome<SegmentHead>> {
    return this.#write(GROWS, remember, (tx) => compactSegment(tx, params));
  }

  forkSegment(params: ForkSegmentParams, remember?: Remembered<SegmentHead>): Promise<Outcome<SegmentHead>> {
    return this.#write(GROWS, remember, (tx) => forkSegment(tx, params));
  }

  ensureHeadOrFork(params: EnsureHeadParams, remember?: Remembered<EnsureHeadResult>): Promise<Outcome<EnsureHeadResult>> {
    return this.#write(GROWS, remember, (tx) => ensureHeadOrFork(tx, params));
  }

  append(params: AppendParams, remember?: Remembered<AppendResult>): Promise<Outcome<AppendResult>> {
    const size = { bytes: bytesOf(params.entries), grows: true };
    return this.#commit(size, (tx) =>
      inStreamOrder(params, () => writeOnce(tx, this.#parts.idClock, remember, (unit) => append(unit, params))),
    );
  }

  async truncateSegment(
    params: Parameters<SegmentStore["truncateSegment"]>[0],
    remember?: Remembered<TruncateResult>,
  ): Promise<Outcome<TruncateResult>> {
    const outcome = await this.#write(SHRINKS, remember, (tx) => truncateSegment(tx, params));
    this.#parts.purger.start();
    return outcome;
  }

  async deleteSegment(params: { readonly segmentId: SegmentId }, remember?: Remembered<void>): Promise<Outcome<void>> {
    const outcome = await this.#write(SHRINKS, remember, (tx) => deleteSegment(tx, params));
    this.#parts.purger.start();
    return outcome;
  }

  async deleteSession(
    params: { readonly sessionId: SessionId },
    remember?: Remembered<{ readonly segmentCount: number }>,
  ): Promise<Outcome<{ readonly segmentCount: number }>> {
    const outcome = await this.#write(SHRINKS, remember, (tx) => deleteSession(tx, params));
    this.#parts.purger.start();
    return outcome;
  }

  async importUnit(params: ImportUnitParams): Promise<SegmentHead> {
    const size = { bytes: bytesOf(params.entries), grows: true };
    return this.#commit(size, (tx) => namingDamage(tx, () => importUnit(tx, params)));
  }

  async appendTrace(segmentId: SegmentId, entries: readonly NewTraceEntry[]): Promise<number> {
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes.length, 0);
    return this.#commit({ bytes, grows: true }, (tx) => namingDamage(tx, () => appendTrace(tx, { segmentId, entries })));
  }

  async recall(request: { readonly id: string; readonly digest: Uint8Array }): Promise<Uint8Array | undefined> {
    return this.#read((view) => recallAnswer(view, request, this.#parts.idClock.earliestMs(), spaceOf(view.sight)));
  }

  async getSegment(segmentId: SegmentId): Promise<SegmentHead> {
    return this.#read((view) => existing(view, segmentId));
  }

  async getSession(sessionId: SessionId): Promise<SessionInfo> {
    const info = this.#read((view) => sessionInfo(view, sessionId));
    if (info === undefined) throw sessionNotFound(sessionId);
    return info;
  }

  async listSegments(range: Parameters<SegmentStore["listSegments"]>[0]): Promise<readonly SegmentHead[]> {
    return this.#read((view) => listSegments(view, range));
  }

  async listSessions(range: SessionRange): Promise<readonly SessionInfo[]> {
    return this.#read((view) => listSessions(view, range));
  }

  async resolvePoint(segmentId: SegmentId, at: Point) {
    return this.#read((view) => {
      const segment = existing(view, segmentId);
      const entryCount = countAt(view, segment, at);
      return { segment, entryCount, lastPosition: positionOf(view, segment, entryCount - 1) ?? segment.headPosition };
    });
  }

  async readEntries(range: ReadRange): Promise<readonly EntryRun[]> {
    return this.#read((view) => readEntries(view, range));
  }

  async readFeed(range: FeedRange): Promise<FeedPage> {
    return this.#read((view) => readFeed(view, range));
  }

  async fateOf(scope: FeedScope): Promise<ScopeFate> {
    return this.#read((view) => fateOf(view, scope));
  }

  async positionOf(segmentId: SegmentId, index: number): Promise<number | undefined> {
    return this.#read((view) => positionOf(view, liveHead(view, segmentId), index));
  }

  async readTrace(range: Parameters<SegmentStore["readTrace"]>[0]): Promise<TracePage> {
    return this.#read((view) => readTrace(view, range));
  }

  async status(): Promise<StoreStatus> {
    const { storeId, formatVersion } = this.#parts.meta;
    const byteSize = statSync(join(this.#parts.dir, DATA_FILE)).size;
    return { storeId, formatVersion, headPosition: this.headPosition, byteSize };
  }

  async namespaceUse(): Promise<NamespaceUse | undefined> {
    return this.#parts.queue.ledger.useOf(this.#view.sight.namespace);
  }

  /** Copies of the store as it runs. */
  get backups(): StoreBackups {
    return this.#parts.backups;
  }

  get headPosition(): number {
    return this.#parts.queue.headPosition;
  }

  get feedEpoch(): number | undefined {
    return this.#parts.queue.feedEpoch;
  }

  get failure(): Promise<Error> {
    return this.#parts.queue.failure;
  }

  onCommit(listener: (notice: CommitNotice) => void): () => void {
    return this.#parts.queue.onCommit(listener);
  }

  async close(): Promise<void> {
    this.#parts.purger.stop();
    await this.#parts.queue.close();
    await this.#parts.release();
  }

  /** A write that may carry a request id: that is looked up first and kept with the answer, all in one transaction. */
  #write<Result>(size: WriteSize, remember: Remembered<Result> | undefined, work: (tx: Transaction) => Result): Promise<Outcome<Result>> {
    return this.#commit(size, (tx) => writeOnce(tx, this.#parts.idClock, remember, work));
  }

  /** Every write of a caller goes through here, and sees in its transaction what the caller does. */
  #commit<Result>(size: WriteSize, work: (tx: Transaction) => Result): Promise<Result> {
    const { sight } = this.#view;
    return this.#afterPurges(() => this.#parts.queue.run(size, (tx) => work(tx.seenBy(sight))));
  }

  /** Tries again once what is being removed is removed, where a write has to wait for that. */
  #afterPurges<Result>(write: () => Promise<Result>): Promise<Result> {
    return write().catch(async (error: unknown) => {
      if (!(error instanceof PurgePendingError)) throw error;
      await this.#parts.purger.finished();
      return this.#afterPurges(write);
    });
  }

  #read<Result>(look: (view: View) => Result): Result {
    this.#parts.engine.read();
    return namingDamage(this.#view, () => look(this.#view));
  }
}

/** What admission counts of a write. */
interface WriteSize {
  readonly bytes: number;
  readonly grows: boolean;
}

function existing(view: View, segmentId: SegmentId): SegmentHead {
  const head = liveHead(view, segmentId);
  if (head === undefined) throw segmentNotFound(segmentId);
  return head;
}

const GROWS = { bytes: SMALL_WRITE_BYTES, grows: true };
const SHRINKS = { bytes: SMALL_WRITE_BYTES, grows: false };

function writeOnce<Result>(
  tx: Transaction,
  idClock: RequestIdClock,
  remember: Remembered<Result> | undefined,
  work: (tx: Transaction) => Result,
): Outcome<Result> {
  return namingDamage(tx, () => {
    if (remember === undefined) return { replayed: false, result: work(tx) };
    const answer = recallAnswer(tx, remember, idClock.earliestMs(), spaceOf(tx.sight));
    if (answer !== undefined) {
      remember.onReplay?.(answer);
      return { replayed: true, answer };
    }
    const result = work(tx);
    // What wrote nothing is not remembered: a retry may find something to write.
    if (tx.hasWritten) rememberAnswer(tx, remember, remember.encodeAnswer(result), tx.nowMs, spaceOf(tx.sight));
    return { replayed: false, result };
  });
}
