import { mkdirSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import type { BenchCase, BenchContext } from "../bench-case.js";
import { inTurn } from "../in-turn.js";
import { restoreMs } from "../load/restore-ms.js";
import { createSegments, type WriteBench, withWriteBench } from "../load/write-bench.js";
import { entriesPerSecond } from "../load/writers.js";
import { type Row, rowOf } from "../row.js";
import { writeStreams } from "./write-streams.js";

const ENTRY_BYTES = 600;

/** Entries in the store, about: what is measured adds some to it. */
const SMALL = 1000;
const SIZES = [10_000, 100_000, 1_000_000, 10_000_000];

/** An entry takes less than this, and the file may grow while pages are free in it. In bytes. */
const DISK_BYTES_AN_ENTRY = 1000;

const SEGMENTS = 100;
const FILLING_STREAMS = 4;
const FILLED_PER_MESSAGE = 100;

/** Entries of the segment that is restored. */
const RESTORED_ENTRIES = 1000;

/** Seconds of appends in each run: few, for a store of 10^3 entries is soon no such store any more. */
const SECONDS = 0.5;

/** Append rate and restore time of a store that grows, beside one of 10^3 entries that is new at each size. */
export const growthCases: readonly BenchCase[] = [
  {
    name: "growth of the store to 10^7 entries",
    isQuick: false,
    run: (context) => withWriteBench(context.folder, (bench) => growth(context, bench)),
  },
];

async function growth(context: BenchContext, large: WriteBench): Promise<readonly Row[]> {
  const segmentIds = await createSegments(large.client, SEGMENTS);
  const rows: Row[] = [];
  for (const size of SIZES) {
    const missing = size - (await entryCount(large));
    if (missing * DISK_BYTES_AN_ENTRY > freeBytes(context.folder)) {
      context.note(`no room on the disk for a store of ${size} entries`);
      break;
    }
    await fill(large, segmentIds, missing);
    rows.push(...(await besideSmall(context, large, { size, segmentIds })));
  }
  return rows;
}

async function besideSmall(
  context: BenchContext,
  large: WriteBench,
  { size, segmentIds }: { readonly size: number; readonly segmentIds: readonly string[] },
): Promise<readonly Row[]> {
  const folder = join(context.folder, "small");
  mkdirSync(folder);
  const figures = await withWriteBench(folder, async (small) => {
    const smallIds = await createSegments(small.client, SEGMENTS);
    await fill(small, smallIds, SMALL);
    await appendsPerSecond(small, smallIds);
    for (const bench of [small, large]) await freshRestoreMs(bench);
    return inTurn(context.runs, {
      largeAppends: () => appendsPerSecond(large, segmentIds),
      smallAppends: () => appendsPerSecond(small, smallIds),
      largeRestore: () => freshRestoreMs(large),
      smallRestore: () => freshRestoreMs(small),
    });
  });
  rmSync(folder, { recursive: true });

  const of = `a store of ${power(SMALL)}`;
  const isLargest = size === SIZES.at(-1);
  const row = ({ append, restore }: { append: readonly number[]; restore: readonly number[] }, entries: number) => [
    { case: `AppendStream, window 128, store of ${power(entries)} entries`, unit: "entries/s", figures: append },
    { case: `restore of ${RESTORED_ENTRIES} entries, store of ${power(entries)} entries`, unit: "ms", figures: restore },
  ];
  const small = row({ append: figures.smallAppends, restore: figures.smallRestore }, SMALL).map(rowOf);
  const [append, restore] = row({ append: figures.largeAppends, restore: figures.largeRestore }, size);
  if (append === undefined || restore === undefined) return small;
  return [
    ...(size === SIZES[0] ? small : []),
    rowOf({ ...append, beside: { [of]: figures.smallAppends }, ...(isLargest && { reach: { of, atLeast: 0.9 } }) }),
    rowOf({ ...restore, beside: { [of]: figures.smallRestore } }),
  ];
}

async function appendsPerSecond(bench: WriteBench, segmentIds: readonly string[]): Promise<number> {
  const written = await writeStreams(bench, {
    entriesPerMessage: 1,
    entryBytes: ENTRY_BYTES,
    window: 128,
    seconds: SECONDS,
    segmentIds: [segmentIds],
  });
  return entriesPerSecond(written);
}

/** How long the first restore of a segment takes that was just written. */
async function freshRestoreMs(bench: WriteBench): Promise<number> {
  const [segmentId = ""] = await createSegments(bench.client, 1);
  await fill(bench, [segmentId], RESTORED_ENTRIES);
  return restoreMs(bench.caller, segmentId);
}

/** Writes so many entries, spread over the segments, as fast as several streams can. */
async function fill(bench: WriteBench, segmentIds: readonly string[], entries: number): Promise<void> {
  if (entries <= 0) return;
  const streams = Math.min(FILLING_STREAMS, segmentIds.length);
  const shares = Array.from({ length: streams }, (_, stream) => segmentIds.filter((_id, i) => i % streams === stream));
  await writeStreams(bench, {
    ...{ entriesPerMessage: FILLED_PER_MESSAGE, entryBytes: ENTRY_BYTES, window: 32, segmentIds: shares },
    ...{ messages: Math.ceil(entries / FILLED_PER_MESSAGE / streams), seconds: 900 },
  });
}

async function entryCount({ client }: WriteBench): Promise<number> {
  return Number((await client.getStatus({})).headPosition) + 1;
}

function power(entries: number): string {
  return `10^${Math.log10(entries)}`;
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
