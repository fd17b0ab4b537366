import type { Base, Operation, SeenEntry } from "../history.js";

/** What one operation changed, in one transaction: a segment opened, a unit appended (on a new branch or not), or a cut. */
export interface Change {
  readonly segmentId: string;
  readonly firstPosition: number;
  readonly lastPosition: number;
  /** The segment begins with it. */
  readonly opening?: { readonly entry: SeenEntry; readonly base?: Base };
  /** The entries of a unit. All of them, also where only some were shown to anybody. */
  readonly unit: readonly SeenEntry[];
  /** Entries that a cut keeps. */
  readonly keptCount?: number;
  /** Whose change it is, as far as entries or a chosen id say so; a cut's is found when it is replayed. */
  operation: Operation | undefined;
}
