import type { SegmentId, SessionId } from "../model/id.js";
import type { Sight } from "../model/namespace.js";
import type { Precondition } from "../model/precondition.js";
import type { CommitNotice, FeedPage, FeedRange, FeedScope, ScopeFate } from "./feed.js";
import type { Point, SegmentInfo, SessionInfo } from "./segment-info.js";
import type { EntryRun, ListRange, NamespaceUse, ReadRange, SessionRange, StoreStatus, TracePage } from "./store-reads.js";
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
} from "./store-writes.js";

/**
 * Keeps the logs of sessions. One engine stands behind it today; nothing here is of that engine
 * alone.
 *
 * Every write is one transaction: it is done whole, durable and visible when its promise resolves, or
 * not at all. Writes of one segment take effect one after the other, in an order that agrees with
 * real time, and reads see every write that was answered before they began. Errors are SeglogErrors;
 * any other rejection means that the store has failed and answers nothing more (see `failure`).
 *
 * A session belongs to the namespace of who created it, and with it all that is in it. A store is there
 * for one sight: what lies outside it is not there, whatever is asked; only that an id is taken shows, and
 * nothing else of who has it. As it was opened a store sees all. Whatever adds something may be refused
 * with QUOTA_EXCEEDED, where the namespace that it would be added to has a quota.
 */
export interface SegmentStore {
  /** The same store as a caller has it. */
  seenBy(sight: Sight): SegmentStore;

  /**
   * Creates a segment.
   *
   * @throws SeglogError SEGMENT_EXISTS, SESSION_EXISTS (also where the session is not seen), SESSION_NOT_FOUND,
   * REQUEST_ID_REUSED
   */
  createSegment(params: CreateSegmentParams, remember?: Remembered<SegmentInfo>): Promise<Outcome<SegmentInfo>>;

  /**
   * Creates a segment that stands for a sibling in shorter form.
   *
   * @throws SeglogError SEGMENT_NOT_FOUND, HEAD_MISMATCH, SEGMENT_EXISTS, REQUEST_ID_REUSED
   */
  compactSegment(params: CompactSegmentParams, remember?: Remembered<SegmentInfo>): Promise<Outcome<SegmentInfo>>;

  /**
   * Creates a sibling that inherits a prefix by reference.
   *
   * @throws SeglogError SEGMENT_NOT_FOUND, SEGMENT_EXISTS, TURN_NOT_FOUND, PAST_HEAD, INVALID_FIELD
   * (inside an opening), FORK_TOO_DEEP, REQUEST_ID_REUSED
   */
  forkSegment(params: ForkSegmentParams, remember?: Remembered<SegmentInfo>): Promise<Outcome<SegmentInfo>>;

  /**
   * Leaves a segment that has as many entries as its writer believes; forks it otherwise.
   *
   * @throws SeglogError SEGMENT_NOT_FOUND, SEGMENT_EXISTS, PAST_HEAD, FORK_TOO_DEEP, REQUEST_ID_REUSED
   */
  ensureHeadOrFork(params: EnsureHeadParams, remember?: Remembered<EnsureHeadResult>): Promise<Outcome<EnsureHeadResult>>;

  /**
   * Appends entries as one unit.
   *
   * @throws SeglogError SEGMENT_NOT_FOUND, HEAD_MISMATCH, FORK_TOO_DEEP, REQUEST_ID_REUSED,
   * TOO_MANY_IN_FLIGHT, STORE_FULL
   */
  append(params: AppendParams, remember?: Remembered<AppendResult>): Promise<Outcome<AppendResult>>;

  /**
   * Cuts a segment back to its first `entryCount` entries. The precondition is checked first.
   *
   * @throws SeglogError SEGMENT_NOT_FOUND, HEAD_MISMATCH, PAST_HEAD, HAS_DEPENDENTS, INVALID_FIELD
   * (inside the opening), REQUEST_ID_REUSED
   */
  truncateSegment(
    params: { readonly segmentId: SegmentId; readonly entryCount: number; readonly precondition: Precondition },
    remember?: Remembered<TruncateResult>,
  ): Promise<Outcome<TruncateResult>>;

  /**
   * Deletes a segment that no other one is based on. Its session stays.
   *
   * @throws SeglogError SEGMENT_NOT_FOUND, HAS_DEPENDENTS, REQUEST_ID_REUSED
   */
  deleteSegment(params: { readonly segmentId: SegmentId }, remember?: Remembered<void>): Promise<Outcome<void>>;

  /**
   * Deletes a session with all its segments, as one event in the feed.
   *
   * @throws SeglogError SESSION_NOT_FOUND, REQUEST_ID_REUSED
   */
  deleteSession(
    params: { readonly sessionId: SessionId },
    remember?: Remembered<{ readonly segmentCount: number }>,
  ): Promise<Outcome<{ readonly segmentCount: number }>>;

  /**
   * Adds a unit of an import: creates the segment (and its session) where `fromIndex` is 0, appends otherwise.
   *
   * @throws SeglogError SEGMENT_EXISTS (in another session), SESSION_EXISTS (where it is not seen), HEAD_MISMATCH,
   * SEGMENT_NOT_FOUND, BASE_NOT_FOUND, FORK_TOO_DEEP
   */
  importUnit(params: ImportUnitParams): Promise<SegmentInfo>;

  /**
   * The answer that a request id got, for requests that are answered even where they would be refused.
   *
   * @throws SeglogError REQUEST_ID_REUSED
   */
  recall(request: { readonly id: string; readonly digest: Uint8Array }): Promise<Uint8Array | undefined>;

  /** @throws SeglogError SEGMENT_NOT_FOUND */
  getSegment(segmentId: SegmentId): Promise<SegmentInfo>;

  /** @throws SeglogError SESSION_NOT_FOUND */
  getSession(sessionId: SessionId): Promise<SessionInfo>;

  /** Lists segments, of one session or of all; none for a session that is not known. */
  listSegments(range: ListRange<SegmentId> & { readonly sessionId?: SessionId }): Promise<readonly SegmentInfo[]>;

  /** Lists sessions. */
  listSessions(range: SessionRange): Promise<readonly SessionInfo[]>;

  /**
   * How many entries lie before a point, and where the last of them stands. It may lie inside an opening.
   *
   * @throws SeglogError SEGMENT_NOT_FOUND, TURN_NOT_FOUND, PAST_HEAD
   */
  resolvePoint(
    segmentId: SegmentId,
    at: Point,
  ): Promise<{ readonly segment: SegmentInfo; readonly entryCount: number; readonly lastPosition: number }>;

  /**
   * Reads entries: runs in ascending order of index within each, the runs in the order asked for.
   * Empty at the end of the range.
   *
   * @throws SeglogError SEGMENT_NOT_FOUND, SEGMENT_CHANGED, CHECKSUM_MISMATCH
   */
  readEntries(range: ReadRange): Promise<readonly EntryRun[]>;

  /**
   * Reads a part of a feed.
   *
   * @throws SeglogError CHECKSUM_MISMATCH
   */
  readFeed(range: FeedRange): Promise<FeedPage>;

  /** What became of a scope. */
  fateOf(scope: FeedScope): Promise<ScopeFate>;

  /** Position of the entry at an index of a segment; undefined where it has none there. */
  positionOf(segmentId: SegmentId, index: number): Promise<number | undefined>;

  /**
   * Appends to a debug trace and says how many records it has then.
   *
   * @throws SeglogError SEGMENT_NOT_FOUND
   */
  appendTrace(segmentId: SegmentId, entries: readonly NewTraceEntry[]): Promise<number>;

  /**
   * Reads a debug trace from an index on, about `bytesMax` bytes at a time. Empty at the end.
   *
   * @throws SeglogError SEGMENT_NOT_FOUND, CHECKSUM_MISMATCH
   */
  readTrace(range: {
    readonly segmentId: SegmentId;
    readonly fromIndex: number;
    readonly limit: number;
    readonly bytesMax: number;
  }): Promise<TracePage>;

  /** What the store is, whoever asks. */
  status(): Promise<StoreStatus>;

  /** What the namespace takes up; undefined where nothing is counted, which is where no namespace has a quota for it. */
  namespaceUse(): Promise<NamespaceUse | undefined>;

  /** Position of the last durable commit, as the last notice said. */
  readonly headPosition: number;

  /**
   * Changes when anything is cut off or deleted; undefined while a commit that does so is under way. Of reads with the same
   * number a later one gives what an earlier one gave, and what was added since.
   */
  readonly feedEpoch: number | undefined;

  /** Calls back after each durable commit that grew a feed, in order. Returns its undoing. */
  onCommit(listener: (notice: CommitNotice) => void): () => void;

  /** Resolves with the cause where the store fails; never otherwise. */
  readonly failure: Promise<Error>;

  /** Finishes the writes that are under way and lets go of the store. */
  close(): Promise<void>;
}
