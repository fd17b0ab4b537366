import type { SegmentId, SessionId } from "../model/id.js";

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
  /** That of its session. */
  readonly namespace: string;
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
  /** Bytes of the records of its trace. */
  readonly traceByteSize: number;
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
  /** Of who created it. */
  readonly namespace: string;
  readonly createMs: number;
  readonly updateMs: number;
  readonly segmentCount: number;
  readonly entryCount: number;
  /** The segment that was last appended to; undefined where all were deleted. */
  readonly headSegmentId: SegmentId | undefined;
}

/** A point of a segment: a turn, a count of entries, or (neither) its head. */
export interface Point {
  readonly turn?: bigint;
  readonly entryCount?: number;
  /** For a turn that no turn end has: refuse, or take the whole log. */
  readonly onMissingTurn: "fail" | "head";
}
