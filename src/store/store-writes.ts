import type { SegmentId, SessionId } from "../model/id.js";
import type { NewEntry } from "../model/new-entry.js";
import type { Precondition } from "../model/precondition.js";
import type { Base, Origin, Point, SegmentInfo } from "./segment-info.js";
import type { StreamFence } from "./stream-fence.js";

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

/** One record of a debug trace on its way in. */
export interface NewTraceEntry {
  readonly bytes: Uint8Array;
  readonly hasTime: boolean;
}
