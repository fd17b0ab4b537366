import type { SegmentId, SessionId } from "../model/id.js";

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

/** Which sessions to list. */
export interface SessionRange extends ListRange<SessionId> {
  /** Only of this namespace; of all that are seen where unset. */
  readonly namespace?: string;
}

/** Records of a debug trace: each an encoded `seglog.v1.TraceEntry`, ascending. */
export interface TracePage {
  readonly firstIndex: number;
  readonly entries: readonly Uint8Array[];
}

/** What the store is, and how far it is. */
export interface StoreStatus {
  /** ULID. */
  readonly storeId: string;
  readonly formatVersion: number;
  /** Position of the last durable commit; 0 in an empty store. */
  readonly headPosition: number;
  /** Bytes that it takes on disk, all namespaces together. */
  readonly byteSize: number;
}

/** What a namespace takes up. */
export interface NamespaceUse {
  readonly sessionCount: number;
  /** Bytes of its entries and traces as stored. */
  readonly byteSize: number;
}
