/** What clients asked of a store, what they were told, and what was there in the end: plain data, so that it can be kept in a file. */
export interface History {
  readonly operations: readonly Operation[];
  readonly reads: readonly Read[];
  /** One for each call of Tail: a tail that resumes is another one. */
  readonly tails: readonly Tail[];
  /** Everything that was there when nobody wrote any more. */
  readonly final: readonly FinalSegment[];
}

/** How many entries a segment has, and the position of the last. The two together mean one log and no other. */
export interface Head {
  readonly entryCount: number;
  readonly headPosition: number;
}

/** One thing that a client wanted done, in as many attempts as it took. */
export interface Operation {
  /** Client and counter; unique. */
  readonly id: string;
  readonly kind: "append" | "streamed" | "saveDelta" | "truncate" | "fork" | "create";
  /** What it acts on: the source of a fork, the new one of a creation. */
  readonly segmentId: string;
  /** What its entries say, each in one operation alone. */
  readonly values: readonly string[];
  /** The precondition. */
  readonly believed?: Partial<Head>;
  /** Whether a conflict was to become a branch. */
  readonly forksOnConflict: boolean;
  /** Entries that a truncation keeps, or a fork inherits. */
  readonly keptCount?: number;
  /** Chosen by the client of a fork. */
  readonly newSegmentId?: string;
  readonly requestId?: string;
  /** In the order of their beginning. */
  readonly attempts: readonly Attempt[];
}

/** One request. Times are nanoseconds of one monotonic clock. */
export interface Attempt {
  readonly invokeNs: number;
  readonly endNs: number;
  readonly outcome: Outcome;
}

/** `fail` is an error that the service lists, and means that nothing was written; `unknown` is anything else. */
export type Outcome =
  | { readonly type: "ok"; readonly answer: Answer }
  | { readonly type: "fail"; readonly reason: string; readonly head?: Head }
  | { readonly type: "unknown" };

/** What a write was answered: the segment it went to, as it is then. */
export interface Answer extends Head {
  readonly segmentId: string;
  readonly firstIndex?: number;
  readonly forked: boolean;
  readonly removedCount?: number;
  readonly replayed: boolean;
}

/** A prefix of another segment. */
export interface Base {
  readonly segmentId: string;
  readonly entryCount: number;
}

/** An entry, where somebody was shown it. */
export interface SeenEntry {
  readonly segmentId: string;
  readonly index: number;
  readonly position: number;
  /** What it says; an opening entry says nothing. */
  readonly value?: string;
  /** What an opening entry inherits. */
  readonly base?: Base;
}

/** A read that was answered. */
export interface Read {
  readonly id: string;
  readonly segmentId: string;
  readonly invokeNs: number;
  readonly endNs: number;
  readonly found: ReadFound;
}

/** Entries in order of index, up to the head of then; that head alone; or that there is no such segment. */
export type ReadFound =
  | { readonly type: "entries"; readonly entries: readonly SeenEntry[] }
  | { readonly type: "head"; readonly head: Head }
  | { readonly type: "missing" };

/** What a tail follows. */
export type TailScope =
  | { readonly type: "store" }
  | { readonly type: "session"; readonly sessionId: string }
  | { readonly type: "segment"; readonly segmentId: string };

/** Where a tail begins; after a position where it resumes with the token that came with it. */
export type TailStart =
  | { readonly type: "beginning" }
  | { readonly type: "end" }
  | { readonly type: "index"; readonly index: number }
  | { readonly type: "after"; readonly position: number };

/** What one call of Tail gave. */
export interface Tail {
  readonly id: string;
  readonly scope: TailScope;
  readonly start: TailStart;
  readonly invokeNs: number;
  readonly messages: readonly TailMessage[];
}

/** One message, and when it was there. */
export interface TailMessage {
  readonly receivedNs: number;
  readonly position: number;
  readonly event:
    | { readonly type: "entries"; readonly entries: readonly SeenEntry[] }
    | { readonly type: "truncated"; readonly segmentId: string; readonly entryCount: number }
    | { readonly type: "caughtUp" }
    | { readonly type: "heartbeat" };
}

/** A segment as it was in the end. */
export interface FinalSegment extends Head {
  readonly segmentId: string;
  readonly sessionId: string;
  readonly base?: Base;
  readonly entries: readonly SeenEntry[];
  /** What it inherits, in order, base before base; left out where nobody looked. */
  readonly inherited?: readonly SeenEntry[];
}
