import { counted, countText } from "../count-text.js";

/** How far a mirror is behind its source. */
export interface Lag {
  readonly position: bigint;
  readonly headPosition: bigint;
  readonly lagSeconds: number;
}

/** How far behind a mirror is: `mirroring  position 4,711, behind by 12 positions, 3 s, 1,024 entries added`. */
export function lagText({ position, headPosition, lagSeconds }: Lag, entryCount: number): string {
  const behind = headPosition - position;
  const lag = behind === 0n ? "up to date" : `behind by ${counted(behind, "position")}, ${Math.round(lagSeconds)} s`;
  return `mirroring  position ${countText(position)}, ${lag}, ${counted(entryCount, "entry")} added`;
}
