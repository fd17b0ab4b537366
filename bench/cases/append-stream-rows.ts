import { type Measured, type Row, rowOf } from "../row.js";

/** Names of contenders that a reach speaks of. */
export const REDIS_XADD = "Redis XADD, pipelined";
export const POSTGRES_BEST = "PostgreSQL insert, best of connections";
export const LMDB = "LMDB in process";

type Figures = Readonly<Record<string, readonly number[]>>;
type WantedReach = NonNullable<Measured["reach"]>;

/** What each number of entries to a message should come to, with 128 messages of 600-byte entries in flight. */
const REACHES: Readonly<Record<number, WantedReach>> = {
  1: { of: REDIS_XADD, atLeast: 1 },
  16: { of: REDIS_XADD, atLeast: 2 },
  100: { of: LMDB, atLeast: 0.8 },
};

/** Reach of one entry to a message beside PostgreSQL. */
const REACH_OF_POSTGRES: WantedReach = { of: POSTGRES_BEST, atLeast: 2 };

/**
 * A row for each number of entries to a message beside the floors with records of as many and the peers, which have no
 * such thing as several to a message; then what is left.
 */
export function appendStreamRows(
  figures: Figures,
  of: { readonly window: number; readonly entryBytes: number; readonly units: readonly number[]; readonly streams: number },
): readonly Row[] {
  const name = `AppendStream, ${of.entryBytes} B, window ${of.window}`;
  const hasReach = of.window === 128 && of.entryBytes === 600;
  const peers = Object.fromEntries(Object.entries(figures).filter(([contender]) => !/^(seglog|LMDB|fdatasync)/.test(contender)));
  const row = (entries: number) => ({ case: `${name}, ${entries} to a message`, unit: "entries/s", figures: ours(figures, entries) });
  const rows = of.units.map((entries) => {
    const floors = { [LMDB]: figures[`${LMDB} ${entries}`] ?? [], "fdatasync a group": figures[`fdatasync ${entries}`] ?? [] };
    const reach = hasReach ? REACHES[entries] : undefined;
    return rowOf({ ...row(entries), beside: { ...floors, ...peers }, ...(reach && { reach }) });
  });
  const postgres = figures[POSTGRES_BEST];
  if (hasReach && postgres !== undefined) {
    const beside = { [POSTGRES_BEST]: postgres };
    rows.push(rowOf({ ...row(1), case: `${name}, 1 to a message, beside PostgreSQL`, beside, reach: REACH_OF_POSTGRES }));
  }
  const streams = figures["seglog streams"];
  if (streams !== undefined) {
    const beside = { "one stream": ours(figures, 1) };
    rows.push(rowOf({ ...row(1), case: `${name} over ${of.streams} streams, 1 to a message`, figures: streams, beside }));
  }
  return rows;
}

function ours(figures: Figures, entries: number): readonly number[] {
  return figures[`seglog ${entries}`] ?? [];
}
