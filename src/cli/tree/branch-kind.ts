import type { Entry } from "../../../gen/seglog/v1/entry_pb.js";
import type { Segment } from "../../../gen/seglog/v1/segment_pb.js";

/** How a segment came to be, as far as the log tells; see `docs/fork-trees.md`. */
export type BranchKind = "root" | "fork" | "past_turn_fork" | "conflict_fork" | "copied_fork" | "compaction";

/** What is read of a fork and of its origin, to tell forks apart. */
export interface ForkFacts {
  /** The fork's first entries: its opening, and the one behind it. */
  readonly own: readonly Entry[];
  /** The last entry that it inherits of its origin. */
  readonly inherited: Entry | undefined;
  /** The entry behind that one in the origin, as it is now. */
  readonly passedOver: Entry | undefined;
}

/**
 * How a segment came to be. Nothing in it says so; what tells is when things were written.
 *
 * - The origin had more than the fork inherits when that was made: its writer was behind, or went back.
 * - A writer that was behind brings its entries along: they have the positions behind the opening, and its commit time.
 * - A writer that went back goes to the end of a turn.
 *
 * @param facts of a fork that inherits less than its origin has now; undefined for all others
 */
export function branchKind(
  { base, forkedFrom, compactedFrom }: Pick<Segment, "base" | "forkedFrom" | "compactedFrom">,
  facts: ForkFacts | undefined,
): BranchKind {
  if (compactedFrom !== undefined) return "compaction";
  if (base === undefined) return forkedFrom === undefined ? "root" : "copied_fork";
  if (facts === undefined || !isPassedOver(facts)) return "fork";
  return isBetweenTurns(facts.inherited) && !isOfOneCommit(facts.own) ? "past_turn_fork" : "conflict_fork";
}

/** Positions are the store's: what has the smaller one was there before. */
function isPassedOver({ own: [opening], passedOver }: ForkFacts): boolean {
  return opening !== undefined && passedOver !== undefined && passedOver.position < opening.position;
}

function isBetweenTurns(entry: Entry | undefined): boolean {
  const kind = entry?.kind.case;
  return kind === "turnEnd" || kind === "segmentStart" || kind === "openingHistory";
}

function isOfOneCommit([opening, first]: readonly Entry[]): boolean {
  if (opening?.time === undefined || first?.time === undefined) return false;
  const isNext = first.position === opening.position + 1n;
  return isNext && first.time.seconds === opening.time.seconds && first.time.nanos === opening.time.nanos;
}
