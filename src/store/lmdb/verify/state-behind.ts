import { entryFacts } from "../../../model/entry-facts.js";
import { entryFrames } from "../../../model/entry-frames.js";
import type { EntriesRecord } from "../tables/feed.js";
import type { SegmentHead } from "../tables/segment-heads.js";

/** What a segment's head says directly behind a record: what the next record says of itself, too. */
export type StateBehind = Pick<SegmentHead, "entryCount" | "headPosition" | "byteSize" | "turnCount" | "lastRunInterrupted" | "updateMs">;

/** A turn that a record's entry ends. */
export interface TurnEnd {
  readonly turn: bigint;
  readonly index: number;
}

/** What a record comes to. */
export interface Behind {
  readonly state: StateBehind;
  readonly turnEnds: readonly TurnEnd[];
}

/** Adds up a record. */
export function stateBehind(record: EntriesRecord): Behind {
  const { before, frames, firstIndex } = record;
  let { turnCount, isInterrupted } = before;
  const turnEnds: TurnEnd[] = [];
  let index = firstIndex;
  for (const { bodyStart, end } of entryFrames(frames)) {
    const facts = entryFacts(frames.subarray(bodyStart, end));
    if (facts.turnCount !== undefined) turnEnds.push({ turn: facts.turnCount, index });
    turnCount = facts.turnCount ?? turnCount;
    isInterrupted = facts.isInterrupted ?? isInterrupted;
    index++;
  }
  const state = {
    entryCount: index,
    headPosition: record.position + (index - firstIndex) - 1,
    byteSize: before.byteSize + frames.length,
    turnCount,
    lastRunInterrupted: isInterrupted,
    updateMs: record.commitMs,
  };
  return { state, turnEnds };
}

/** What of a head is not as its last record leaves it, in words. */
export function differences(head: SegmentHead, behind: StateBehind): string[] {
  // Object.keys forgets which keys there are.
  const names = Object.keys(behind) as (keyof StateBehind)[];
  return names
    .filter((name) => head[name] !== behind[name])
    .map((name) => `says ${WORDS[name]} ${head[name]}, its records come to ${behind[name]}`);
}

const WORDS: Readonly<Record<keyof StateBehind, string>> = {
  entryCount: "entry count",
  headPosition: "head position",
  byteSize: "byte size",
  turnCount: "turn count",
  lastRunInterrupted: "interrupted",
  updateMs: "update time",
};
