/** What every history must keep to, by the name under which a violation is told. */
export const LAWS = {
  "acknowledged-present": "what was acknowledged is there, at the index and the position that the answer named",
  "refused-absent": "nothing of what was refused is there",
  "unknown-at-most-once": "what nobody was answered about is there once or not at all",
  "retry-adds-nothing": "a retry with the same request id adds nothing to what was there",
  "no-duplicates": "no entry is there twice",
  "nothing-foreign": "nothing is there that nobody asked for",
  "same-answer": "the same request id gets the same answer",
  "dense-indexes": "indexes of a segment are dense, from 0",
  "positions-unique": "no two things of the store ever share a position",
  "positions-grow": "positions grow with the indexes of a segment",
  "real-time-order": "what was acknowledged before another was asked for comes before it, in the whole store",
  "stale-read": "a read shows all that was acknowledged, or shown to anybody, before it was asked for",
  "no-dirty-read": "nothing is shown before it is committed, and what was shown stays unless it is cut",
  "reads-are-prefixes": "a read shows a segment as it was at one moment",
  "whole-units": "the entries of one append are there together, side by side, or not at all",
  "one-winner": "an append is taken as it is where its precondition holds, and only there",
  "own-branch": "the entries that lose with ON_CONFLICT_FORK are on a branch of their own, which inherits what their writer knew",
  "source-unchanged": "a fork changes nothing of its source, and what it inherits stays",
  "stays-cut": "what was cut stays cut, and is told",
  "tail-repetition": "a tail gives nothing twice, nor again what lies before its start",
  "tail-order": "a tail gives everything in order of position",
  "tail-gap": "a tail leaves nothing out",
  "tail-position": "a tail's position never runs ahead of what it has given, nor behind what was there when it began, nor back",
} as const;

/** The name of a law. */
export type Law = keyof typeof LAWS;

/** A law that a history breaks, and the smallest part of the history that shows it. */
export interface Violation {
  readonly law: Law;
  /** What is wrong, with the names of what it is wrong with. */
  readonly what: string;
  /** Operations, reads, tails and messages, each in a line. */
  readonly evidence: readonly string[];
}

/** What a violation is told to, as it is found. */
export type Report = (law: Law, what: string, ...evidence: readonly string[]) => void;
