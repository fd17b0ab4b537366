import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { BenchCase, BenchContext } from "../bench-case.js";
import { inTurn } from "../in-turn.js";
import { createSegments, type WriteBench, withWriteBench } from "../load/write-bench.js";
import { type Row, rowOf } from "../row.js";
import { writeStreams } from "./write-streams.js";

const ENTRY_BYTES = 600;
const WINDOW = 128;
const SEGMENTS = 100;

/** What is measured: how many segments the entries are spread over, and whether each append has a request id. */
const KINDS = [
  { name: "without request ids", segments: SEGMENTS, hasRequestIds: false, atMost: 1.4 },
  { name: "without request ids, to one segment", segments: 1, hasRequestIds: false, atMost: 1.4 },
  { name: "with request ids", segments: SEGMENTS, hasRequestIds: true, atMost: 1.9 },
] as const;

/** Bytes that the store grows by, of the bytes of the entries that were sent. */
export const diskCases: readonly BenchCase[] = [
  {
    name: "bytes on disk, 600 B",
    isQuick: true,
    run: bytesOnDisk,
  },
];

async function bytesOnDisk(context: BenchContext): Promise<readonly Row[]> {
  const contenders = KINDS.map((kind) => [kind.name, () => bytesOfPayload(context, kind)] as const);
  const runs = context.isQuick ? 1 : context.runs; // no other figure depends so little on what else the machine does
  const figures = await inTurn<string>(runs, Object.fromEntries(contenders));
  return KINDS.map(({ name, atMost }) =>
    rowOf({
      case: `bytes on disk, ${ENTRY_BYTES} B, ${name}`,
      unit: "of payload",
      figures: figures[name] ?? [],
      reach: { of: "of payload", atMost },
    }),
  );
}

/** In a new store each time: in one that was written to there are free pages, which would be filled first. */
async function bytesOfPayload(context: BenchContext, { segments, hasRequestIds }: (typeof KINDS)[number]): Promise<number> {
  const entries = context.isQuick ? 20_000 : 100_000;
  const folder = mkdtempSync(join(context.folder, "store-"));
  try {
    return await withWriteBench(folder, async (bench) => {
      const segmentIds = [await createSegments(bench.client, segments)];
      const before = await storeBytes(bench);
      const load = { entriesPerMessage: 1, entryBytes: ENTRY_BYTES, window: WINDOW, messages: entries, seconds: 60, hasRequestIds };
      const written = await writeStreams(bench, { ...load, segmentIds });
      return ((await storeBytes(bench)) - before) / (written.entries * ENTRY_BYTES);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function storeBytes({ client }: WriteBench): Promise<number> {
  return Number((await client.getStatus({})).storeByteSize);
}
