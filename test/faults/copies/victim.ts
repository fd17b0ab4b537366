import type { ChangeKiller, Victims } from "../machine/kill-at-change.js";

/** Something that is killed at each of the changes that it makes, and what has to hold afterwards. */
export interface Victim {
  /** What is killed, for a person. */
  readonly name: string;
  /** Which kills there are: where it starts no process of its own, killing one is killing all. */
  readonly victims: readonly Victims[];
  /** Makes what it needs, once, in a folder of its own. */
  prepare(folder: string): Promise<void>;
  /**
   * Does it once in an empty folder with the killer at a change (0 only counts), and checks what is left.
   *
   * @throws Error where something was lost, or half is taken for whole
   */
  kill(folder: string, killer: ChangeKiller, at: number, victims: Victims): Promise<void>;
}
