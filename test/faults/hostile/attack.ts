/** What attackers are told. */
export interface AttackTarget {
  readonly socket: string;
  /** A segment with some MiB of entries to read. */
  readonly fullSegmentId: string;
  readonly seed: number;
  /** How much to do of what is counted: resets and frames of each connection, frames and messages in all. */
  readonly sizes: AttackSizes;
  /** How long to go on with what has no count, in milliseconds. */
  readonly holdMs: number;
  /** The daemon's own limits, as GetStatus tells them. */
  readonly limits: Readonly<Record<string, number>>;
}

/** How much is done. */
export interface AttackSizes {
  readonly connections: number;
  readonly resets: number;
  readonly floodFrames: number;
  readonly malformedFrames: number;
  readonly messages: number;
}

/** What an attack came to. */
export interface AttackOutcome {
  /** What was tried: `2,000 resets on each of 20 connections`. */
  readonly tried: string;
  /** What the daemon did about it: `20 cut`. */
  readonly met: string;
  /** What the daemon should have done and did not, one a line. */
  readonly findings: readonly string[];
}

/** Something that a hostile or broken client does. It runs in a process of its own. */
export interface Attack {
  readonly name: string;
  run(target: AttackTarget): Promise<AttackOutcome>;
}

/** What stays open and makes the daemon wait, and is then stopped with SIGSTOP. */
export interface StoppedAttack extends Attack {
  /** Says that it may be stopped now. */
  readonly isStopped: true;
}

/** A finding where something does not hold. */
export function findingUnless(holds: boolean, finding: string): readonly string[] {
  return holds ? [] : [finding];
}
