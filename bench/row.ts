import { spreadOf } from "./statistics.js";

/** What a ratio, or the figure itself, should come to. */
export interface Reach {
  /** The ratio's name, or the unit where the figure itself is meant. */
  readonly of: string;
  readonly at: number;
  readonly met: boolean;
}

/** One line of the result. */
export interface Row {
  readonly case: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** The figure by that of a floor or a peer, run by run; the median of those. */
  readonly ratios: Readonly<Record<string, number>>;
  readonly reach?: Reach;
}

/** What a row is made of. */
export interface Measured {
  readonly case: string;
  readonly unit: string;
  /** One figure a run. */
  readonly figures: readonly number[];
  /** Figures of floors and peers, taken in turn with ours; what was left out has none. */
  readonly beside?: Readonly<Record<string, readonly number[]>>;
  /** `atLeast` for rates, `atMost` for times, bytes and the like. */
  readonly reach?: { readonly of: string } & ({ readonly atLeast: number } | { readonly atMost: number });
}

/** The row of some figures. A reach whose ratio was not measured is left out. */
export function rowOf({ case: name, unit, figures, beside = {}, reach }: Measured): Row {
  const ratios: Record<string, number> = {};
  for (const [peer, theirs] of Object.entries(beside)) {
    if (theirs.length === 0) continue;
    ratios[peer] = spreadOf(figures.map((figure, run) => figure / (theirs[run] ?? Number.NaN))).median;
  }
  const spread = spreadOf(figures);
  const reached = reach && reachOf(reach, reach.of === unit ? spread.median : ratios[reach.of]);
  return { case: name, unit, ...spread, ratios, ...(reached && { reach: reached }) };
}

function reachOf(reach: NonNullable<Measured["reach"]>, value: number | undefined): Reach | undefined {
  if (value === undefined) return undefined;
  if ("atLeast" in reach) return { of: reach.of, at: reach.atLeast, met: value >= reach.atLeast };
  return { of: reach.of, at: reach.atMost, met: value <= reach.atMost };
}
