import type { SegmentId, SessionId } from "../model/id.js";
import type { NewEntry } from "../model/new-entry.js";
import type { Precondition } from "../model/precondition.js";
import type { StreamFence } from "./stream-fence.js";

/** Where a segment came from. `atTurn` is the writer's number and only told. */
export interface Origin {
  readonly segmentId: SegmentId;
  readonly atTurn: bigint;
}

/** A prefix of another segment of the session, inherited by reference. */
export interface Base {
  readonly segmentId: SegmentId;
  /** How many of its entries, counted from entry 0. */
  readonly entryCount: number;
}

/** What is kept about a segment. Times in milliseconds since the epoch. */
export interface SegmentInfo {
  readonly segmentId: SegmentId;
  readonly sessionId: SessionId;
  /** Entries in its own log. */
  readonly entryCount: number;
  /** How many of them, from entry 0 on, are its opening. */
  readonly openingCount: number;
  /** Position of its last entry. */
  readonly headPosition: number;
  /** `turn_count` of its last turn end; 0 where there is none. */
  readonly turnCount: bigint;
  readonly lastRunInterrupted: boolean;
  /** Bytes of its own entries as stored. */
  readonly byteSize: number;
  readonly createMs: number;
  readonly updateMs: number;
  readonly forkedFrom: Origin | undefined;
  readonly compactedFrom: Origin | undefined;
  readonly base: Base | undefined;
  /** Bases above it. */
  readonly depth: number;
}

/** What is kept about a session, and what its segments add up to. */
export interface SessionInfo {
  readonly sessionId: SessionId;
  readonly createMs: number;
  readonly updateMs: number;
  readonly segmentCount: number;
  readonly entryCount: number;
  /** The segment that was last appended to; undefined where all were deleted. */
  readonly headSegmentId: SegmentId | undefined;
}

/**
 * Makes a write safe to retry: the store looks `id` up before anything else, in the transaction of
 * the write, and keeps the answer of a write that changed something for REQUEST_ID_KEPT_MS.
 */
export interface Remembered<Result> {
  readonly id: string;
  /** Digest (16 bytes) of the method and the request as sent: the same id with another one is REQUEST_ID_REUSED. */
  readonly digest: Uint8Array;
  /** The answer's bytes, kept with the id. Pure. */
  readonly encodeAnswer: (result: Result) => Uint8Array;
  /** Called in the transaction where the request was answered before, ahead of any write behind it. */
  readonly onReplay?: (answer: Uint8Array) => void;
}

/** What a write gave: its result, or the bytes of the answer that the same request got before. */
export type Outcome<Result> =
  | { readonly replayed: false; readonly result: Result }
  | { readonly replayed: true; readonly answer: Uint8Array };

/** A new segment. */
export interface CreateSegmentParams {
  readonly sessionId: SessionId;
  readonly segmentId: SegmentId;
  /** `new`: SESSION_EXISTS where it is there; `any`: created where it is not; `existing`: SESSION_NOT_FOUND where it is not. */
  readonly session: "new" | "any" | "existing";
  /** The opening: segment_start, then opening_history. */
  readonly opening: readonly NewEntry[];
  readonly compactedFrom?: Origin;
  readonly forkedFrom?: Origin;
}

/** A compaction of `sourceId`. The source's turn count stands in for an unset `atTurn`. */
export interface CompactSegmentParams {
  readonly sourceId: SegmentId;
  readonly segmentId: SegmentId;
  readonly atTurn: bigint | undefined;
  readonly precondition: Precondition;
  /** Makes the opening once session and origin are known. Pure; may throw a SeglogError, and so is called before anything is written. */
  readonly opening: (sessionId: SessionId, origin: Origin) => readonly NewEntry[];
}

/** A point of a segment: a turn, a count of entries, or (neither) its head. */
export interface Point {
  readonly turn?: bigint;
  readonly entryCount?: number;
  /** For a turn that no turn end has: refuse, or take the whole log. */
  readonly onMissingTurn: "fail" | "head";
}

/** A fork by reference. */
export interface ForkSegmentParams {
  readonly sourceId: SegmentId;
  readonly segmentId: SegmentId;
  readonly at: Point;
  readonly opening: ForkOpening;
}

/** Makes the one opening entry of a fork once its lineage is known. Pure. */
export type ForkOpening = (lineage: { readonly sessionId: SessionId; readonly forkedFrom: Origin; readonly base: Base }) => NewEntry;

/** A writer's check of its segment. */
export interface EnsureHeadParams {
  readonly segmentId: SegmentId;
  readonly entriesWritten: number;
  readonly atTurn: bigint;
  readonly newSegmentId: SegmentId;
  /** Makes the opening where the writer gave a state (pure; may throw, as that of a compaction); undefined to inherit the first `entriesWritten` entries by reference. */
  readonly opening: ((sessionId: SessionId, origin: Origin) => readonly NewEntry[]) | undefined;
  readonly forkOpening: ForkOpening;
}

/** What a check gave: the segment to go on with. */
export interface EnsureHeadResult {
  readonly segment: SegmentInfo;
  readonly forked: boolean;
}

/** One unit of entries for one segment. */
export interface AppendParams {
  readonly segmentId: SegmentId;
  readonly entries: readonly NewEntry[];
  readonly precondition: Precondition;
  /** What to do where the precondition does not hold. */
  /** Where the unit is one of a stream: its number there, and the fence that they share. */
  readonly stream?: { readonly fence: StreamFence; readonly unit: number };
  readonly onConflict: { readonly fork: false } | { readonly fork: true; readonly newSegmentId: SegmentId; readonly opening: ForkOpening };
}

/** Where a unit went. */
export interface AppendResult {
  readonly segmentId: SegmentId;
  readonly firstIndex: number;
  readonly entryCount: number;
  readonly headPosition: number;
  readonly forked: boolean;
}

/** What a truncation did. */
export interface TruncateResult {
  readonly segment: SegmentInfo;
  readonly removedCount: number;
}

/** A unit of an import: entries of a segment from an index on, as they are elsewhere. */
export interface ImportUnitParams {
  readonly sessionId: SessionId;
  readonly segmentId: SegmentId;
  /** Index of the first of `entries`; HEAD_MISMATCH where the segment has not exactly so many. */
  readonly fromIndex: number;
  readonly entries: readonly NewEntry[];
  /** Of a unit from index 0: what the opening entry says. */
  readonly lineage?: { readonly forkedFrom?: Origin; readonly compactedFrom?: Origin; readonly base?: Base };
}

/** Which entries to read. Indexes are 0-based; `toIndex` is exclusive. */
export interface ReadRange {
  readonly segmentId: SegmentId;
  readonly fromIndex: number;
  readonly toIndex: number;
  readonly backward?: boolean;
  /** Read so many bytes at most, unless a single entry is larger. */
  readonly bytesMax: number;
  /** SEGMENT_CHANGED where the entry at this index is not (any more) at this position. */
  readonly expect?: { readonly index: number; readonly position: number };
}

/**
 * Entries of one segment with nothing between them, ready to be sent: `frames` holds them as the
 * repeated field `entries` of `seglog.v1.EntryBatch`, in ascending order, with index, position and
 * time filled in. The bytes are the caller's.
 */
export interface EntryRun {
  readonly sessionId: SessionId;
  readonly segmentId: SegmentId;
  readonly firstIndex: number;
  readonly firstPosition: number;
  readonly count: number;
  readonly frames: Uint8Array;
}

/** What a feed says besides entries. */
export type FeedEvent =
  | {
      readonly type: "segmentTruncated";
      readonly position: number;
      readonly sessionId: SessionId;
      readonly segmentId: SegmentId;
      readonly entryCount: number;
    }
  | { readonly type: "segmentDeleted"; readonly position: number; readonly sessionId: SessionId; readonly segmentId: SegmentId }
  | { readonly type: "sessionDeleted"; readonly position: number; readonly sessionId: SessionId };

/** One thing in a feed. */
export type FeedItem = ({ readonly type: "entries" } & EntryRun) | FeedEvent;

/** What a feed covers. A segment's feed gives the deletion of its session too. */
export type FeedScope =
  | { readonly type: "store" }
  | { readonly type: "session"; readonly sessionId: SessionId }
  | { readonly type: "segment"; readonly sessionId: SessionId; readonly segmentId: SegmentId };

/** Which part of a feed to read. */
export interface FeedRange {
  readonly scope: FeedScope;
  /** Everything up to here is known. */
  readonly afterPosition: number;
  /** Nothing behind this; a position that was the store's head once. */
  readonly upToPosition: number;
  /** Truncations and deletions only behind this position. */
  readonly eventsAfterPosition: number;
  /** Read so many bytes at most, unless a single entry is larger. */
  readonly bytesMax: number;
}

/** A part of a feed, in order of position. */
export interface FeedPage {
  readonly items: readonly FeedItem[];
  /** Everything in scope up to here is in the items; `upToPosition` where the end was reached. */
  readonly position: number;
}

/** What became of a scope: it is there, or it was deleted at a position. */
export interface ScopeFate {
  readonly exists: boolean;
  /** The last deletion of the segment, by itself or with its session, or of the session. A segment may have been in another one then. */
  readonly deletion: FeedEvent | undefined;
}

/** A page of a list, by id, descending. */
export interface ListRange<Id> {
  /** Only ids below this one. */
  readonly before?: Id;
  /** Only ids from here, inclusive. */
  readonly from?: Id;
  /** Only ids up to here, inclusive. */
  readonly to?: Id;
  readonly limit: number;
}

/** Records of a debug trace: each an encoded `seglog.v1.TraceEntry`, ascending. */
export interface TracePage {
  readonly firstIndex: number;
  readonly entries: readonly Uint8Array[];
}

/** One record of a debug trace on its way in. */
export interface NewTraceEntry {
  readonly bytes: Uint8Array;
  readonly hasTime: boolean;
}

/** What a commit changed, for those who wait. */
export interface CommitNotice {
  /** Position of the last thing committed. */
  readonly headPosition: number;
  /** The segments whose feed grew, with their sessions; a deleted session stands without a segment. */
  readonly grown: readonly { readonly sessionId: SessionId; readonly segmentId: SegmentId | undefined }[];
}

/** What the store is, and how far it is. */
export interface StoreStatus {
  /** ULID. */
  readonly storeId: string;
  readonly formatVersion: number;
  /** Position of the last durable commit; 0 in an empty store. */
  readonly headPosition: number;
  readonly byteSize: number;
}

/**
 * Keeps the logs of sessions. One engine stands behind it today; nothing here is of that engine
 * alone.
 *
 * Every write is one transaction: it is done whole, durable and visible when its promise resolves, or
 * not at all. Writes of one segment take effect one after the other, in an order that agrees with
 * real time, and reads see every write that was answered before they began. Errors are SeglogErrors;
 * any other rejection means that the store has failed and answers nothing more (see `failure`).
 */
export interface SegmentStore {
  /**
   * Creates a segment.
   *
   * @throws SeglogError SEGMENT_EXISTS, SESSION_EXISTS, SESSION_NOT_FOUND, REQUEST_ID_REUSED
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
   * @throws SeglogError SEGMENT_EXISTS (in another session), HEAD_MISMATCH, SEGMENT_NOT_FOUND,
   * BASE_NOT_FOUND, FORK_TOO_DEEP
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
  listSessions(range: ListRange<SessionId>): Promise<readonly SessionInfo[]>;

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

  /** What the store is. */
  status(): Promise<StoreStatus>;

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
