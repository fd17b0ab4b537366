import type { Random } from "../../../journeys/load/random.js";

/** A segment that writers know of. */
export interface KnownSegment {
  readonly segmentId: string;
  /** Whether conflicts there become branches; elsewhere cuts are more often possible. */
  readonly isForked: boolean;
  /** Whether hardly anybody writes there, so that its tails have little to give. */
  readonly isQuiet?: boolean;
}

/** Of the branches only so many are written to, the newest. */
const BRANCHES_MAX = 12;

/** Of the operations this part goes to the quiet segment. */
const QUIET_PART = 0.005;

/** What the clients of one run share: where to write, and how much more. */
export class World {
  readonly #roots: readonly KnownSegment[];
  readonly #branches: KnownSegment[] = [];
  readonly #onTurn: (turn: number) => void;
  readonly #turns: number;
  #turn = 0;
  #fresh = 0;

  /** @param onTurn called with the number of operations that have begun */
  constructor(roots: readonly KnownSegment[], turns: number, onTurn: (turn: number) => void) {
    this.#roots = roots;
    this.#turns = turns;
    this.#onTurn = onTurn;
  }

  /** Operations that have begun. */
  get turnCount(): number {
    return this.#turn;
  }

  get isOver(): boolean {
    return this.#turn >= this.#turns;
  }

  /** Begins one operation; false once there have been enough. */
  takeTurn(): boolean {
    if (this.isOver) return false;
    this.#onTurn(++this.#turn);
    return true;
  }

  /** Somewhere to write or read: mostly where everybody does. */
  pick(random: Random): KnownSegment {
    const quiet = this.#roots.find(({ isQuiet }) => isQuiet);
    if (quiet !== undefined && random() < QUIET_PART) return quiet;
    const isBranch = this.#branches.length > 0 && random() < 0.2;
    const segments = isBranch ? this.#branches : this.#roots.filter(({ isQuiet }) => !isQuiet);
    const segment = segments[Math.floor(random() * segments.length)];
    if (segment === undefined) throw new Error("there is nowhere to write");
    return segment;
  }

  addBranch(segmentId: string): void {
    const isForked = this.#fresh++ % 4 === 0; // else the depth of forks would grow without end
    this.#branches.push({ segmentId, isForked });
    if (this.#branches.length > BRANCHES_MAX) this.#branches.shift();
  }
}
