import type { Entry } from "../../../gen/seglog/v1/entry_pb.js";
import type { Segment } from "../../../gen/seglog/v1/segment_pb.js";

/** A segment, and the session that it belongs to; canonical ids. */
export type SegmentPlace = Pick<Segment, "sessionId" | "segmentId">;

/** A segment of the source, and the prefix of another one that it is based on. */
export interface SourceSegment extends SegmentPlace {
  readonly base?: Segment["base"] | undefined;
}

/** Entries of one segment that follow, without a gap, on what the copy has of it. */
export interface EntryRun {
  readonly place: SegmentPlace;
  /** In order of index; one at least. */
  readonly entries: readonly Entry[];
}

/** What a segment of the copy came to. */
export interface SyncedSegment {
  /** Entries of the source's log that the copy stands for now. */
  readonly entryCount: bigint;
  /** Position of the last of them at the source. */
  readonly lastPosition: bigint;
  /** When the last of them happened, in milliseconds since the epoch. */
  readonly lastTimeMs: number;
  /** Of them, those that were not in the copy before. */
  readonly addedCount: number;
  /** Of them, those that have no form in the copy. */
  readonly leftOutCount: number;
  /** Segments that had to go so that this could be brought in. */
  readonly removed: readonly string[];
}

/** Whether what the source does not have may be taken from the copy. */
export interface Removal {
  readonly mayRemove: boolean;
}

/**
 * What a mirror keeps: a copy of a store or of one session, by segments.
 *
 * Whatever is killed in the middle of any of these leaves a copy that `sync` mends. Where one fails, nobody knows what the
 * segment is then, and it has to be synced before anything else.
 */
export interface MirrorCopy {
  /** As a person would say it. */
  readonly name: string;
  /** Id of the store that it is; undefined where it is a folder. */
  readonly storeId: string | undefined;
  /** Id of the folder that it is; undefined where it is in a store. */
  readonly id: string | undefined;
  /** Whether forks are kept by reference, so that bases have to be there first. */
  readonly hasBases: boolean;

  /** The sessions that are there, within the scope of the mirror. */
  sessions(): AsyncIterable<string>;
  /** The segments that are there, within the scope of the mirror. */
  segments(): AsyncIterable<SegmentPlace>;
  /** The segments of one session that are there. */
  segmentsOf(sessionId: string): AsyncIterable<SegmentPlace>;

  /**
   * Brings a segment to what it is at the source: compares from the first entry on, cuts at the first difference, adds the rest.
   *
   * @throws SourceChangedError where it was cut back or deleted at the source meanwhile
   * @throws CommandError where something would have to go that may not
   */
  sync(place: SegmentPlace, removal: Removal): Promise<SyncedSegment>;
  /** Adds what follows, and gives the segments for which that was not so: they are to be synced. */
  append(runs: readonly EntryRun[]): Promise<AppendedRuns>;
  /** Cuts a segment back, and gives what had to go besides; undefined where the copy cannot, and has to be synced. */
  cut(segmentId: string, entryCount: bigint): Promise<readonly string[] | undefined>;
  /** Deletes a segment, in whichever session it is there, and gives what had to go besides. */
  deleteSegment(segmentId: string): Promise<readonly string[]>;
  /** Deletes a session, where it is there. */
  deleteSession(sessionId: string): Promise<void>;

  /**
   * Resolves once everything that was done is durable.
   *
   * @throws once it has failed, always: what was lost then, a later one does not tell
   */
  flush(): Promise<void>;
  /** @throws ReplacedError where another store or folder stands now where this one did */
  assertStillThere(): Promise<void>;
}

/** What became of runs that were appended. */
export interface AppendedRuns {
  /** Segments that the copy has otherwise than was thought. */
  readonly refused: readonly string[];
  /** Entries that have no form in the copy, by segment. */
  readonly leftOutCounts: ReadonlyMap<string, number>;
}
