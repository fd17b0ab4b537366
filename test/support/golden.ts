import { readFileSync } from "node:fs";
import { exactJson } from "./exact-json.js";

const GOLDEN = new URL("../golden/", import.meta.url);

/** A log with what the seed's code makes of it. */
export interface GoldenLog {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Exact, see exactJson. */
  readonly state: unknown;
  /** Each entry as the seed writes it again. */
  readonly reserialised: readonly string[];
}

/** The opening line of a fork, as the seed writes it. */
export interface GoldenFork {
  readonly session: string;
  readonly source: string;
  readonly turn: bigint;
  /** Exact, see exactJson; its `ts` is of no account. */
  readonly start: Readonly<Record<string, unknown>>;
}

/** All logs of both golden stores. */
export function goldenLogs(): GoldenLog[] {
  return ["composed", "random"].flatMap((store) => {
    // The shape of the golden files is fixed.
    const expected = exactJson(read(`${store}/expected.json`).toString()) as ExpectedStore;
    return expected.sessions_newest_first.flatMap(({ session, segments_newest_first: segments }) =>
      segments.map(({ segment, state, reserialised }) => ({
        name: `${store} ${segment}`,
        bytes: read(`${store}/store/${session}/${segment}.jsonl`),
        state,
        reserialised,
      })),
    );
  });
}

/** A log of the random store. */
export function randomLog(session: string, segment: string): Uint8Array {
  return read(`random/store/${session}/${segment}.jsonl`);
}

/** All forks of the random store. */
export function goldenForks(): GoldenFork[] {
  const forks = exactJson(read("random/forks.json").toString()) as ExpectedFork[]; // fixed, as above
  return forks.map(({ session, source, at_turn_index: turn, start }) => ({ session, source, turn: BigInt(turn.number), start }));
}

/** Lines, and what the seed's reader says: the line written again, or undefined where it refuses. */
export function acceptanceRows(): { line: string; written: string | undefined }[] {
  const rows = read("line-acceptance.txt").toString().split("\n");
  return rows.flatMap((line, i) => {
    const verdict = rows[i + 1];
    if (i % 2 === 1 || verdict === undefined) return [];
    return [{ line, written: verdict.startsWith("   => OK ") ? verdict.slice("   => OK ".length) : undefined }];
  });
}

/** The trace of the composed store. */
export function goldenTrace(): Uint8Array {
  return read("composed/store/01960000-0000-7000-8000-000000000001/01960000-1000-7000-8000-00000000000a.trace.jsonl");
}

interface ExpectedStore {
  sessions_newest_first: { session: string; segments_newest_first: { segment: string; state: unknown; reserialised: string[] }[] }[];
}

interface ExpectedFork {
  session: string;
  source: string;
  at_turn_index: { number: string };
  start: Record<string, unknown>;
}

function read(path: string): Buffer {
  return readFileSync(new URL(path, GOLDEN));
}
