import type { BenchCase, BenchContext } from "../bench-case.js";
import { groupedFlushesPerSecond } from "../floors/grouped-flush.js";
import { startLmdbFloor } from "../floors/lmdb.js";
import { inTurn } from "../in-turn.js";
import { secondsOf } from "../load/duration.js";
import { ProcessorUse } from "../load/processor-use.js";
import { createSegments, entryCountOf, type WriteBench, withWriteBench } from "../load/write-bench.js";
import { entriesPerSecond } from "../load/writers.js";
import { startNats } from "../peers/nats.js";
import { startPostgres } from "../peers/postgres.js";
import { startRedis } from "../peers/redis.js";
import { startSqlite } from "../peers/sqlite.js";
import { startPeer } from "../peers/start-peer.js";
import { appendStreamRows, LMDB, POSTGRES_BEST, REDIS_XADD } from "./append-stream-rows.js";
import { writeStreams } from "./write-streams.js";

/** Entries to a message. */
const UNITS = [1, 16, 100];

/** Streams that share a window, each with a segment of its own. */
const STREAMS = 16;

/** AppendStream beside LMDB in process, and beside peers of which as many requests are on their way. */
export const appendStreamCases: readonly BenchCase[] = [600, 8192].flatMap((entryBytes) =>
  [1, 128].map((window) => ({
    name: `AppendStream, ${entryBytes} B, window ${window}`,
    isQuick: entryBytes === 600 && window === 128,
    run: (context) => withWriteBench(context.folder, (bench) => appendStream(context, bench, { window, entryBytes })),
  })),
);

/** What is measured: all that a case has in common. */
interface Writes {
  readonly window: number;
  readonly entryBytes: number;
}

type Contenders = Record<string, () => Promise<number>>;

async function appendStream(context: BenchContext, bench: WriteBench, writes: Writes) {
  const stops: (() => Promise<void>)[] = [];
  try {
    const uses = new Map(UNITS.map((unit) => [unit, new ProcessorUse()]));
    const ours = await ownContenders(context, bench, { ...writes, uses });
    const floors = await floorContenders(context, writes, stops);
    const peers = await peerContenders(context, writes, stops);
    for (const warmUp of Object.values(ours)) await warmUp();
    const figures = await inTurn<string>(context.runs, { ...ours, ...floors, ...peers });
    for (const [unit, use] of uses) context.note(`${unit} to a message: ${use.line("writers", "an entry")}`);
    return appendStreamRows(figures, { ...writes, units: UNITS, streams: STREAMS });
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

/** Us: each number of entries to a message, and one entry to a message over several streams. */
async function ownContenders(
  context: BenchContext,
  bench: WriteBench,
  { window, entryBytes, uses }: Writes & { readonly uses: ReadonlyMap<number, ProcessorUse> },
): Promise<Contenders> {
  const shape = { entryBytes, seconds: secondsOf(context) };
  const contenders: Contenders = {};
  for (const entriesPerMessage of UNITS) {
    const [segmentId = ""] = await createSegments(bench.client, 1);
    let count = await entryCountOf(bench.client, segmentId);
    contenders[`seglog ${entriesPerMessage}`] = async () => {
      const load = { ...shape, entriesPerMessage, window, segmentIds: [[segmentId]] };
      const written = await writeStreams(bench, load, uses.get(entriesPerMessage));
      count += written.entries;
      const found = await entryCountOf(bench.client, segmentId);
      if (found !== count) throw new Error(`${count} entries were acknowledged, and the segment has ${found}`);
      return entriesPerSecond(written);
    };
  }
  if (window < STREAMS) return contenders;
  const segmentIds = (await createSegments(bench.client, STREAMS)).map((id) => [id]);
  contenders["seglog streams"] = async () =>
    entriesPerSecond(await writeStreams(bench, { ...shape, entriesPerMessage: 1, window: window / STREAMS, segmentIds }));
  return contenders;
}

async function floorContenders(context: BenchContext, writes: Writes, stops: (() => Promise<void>)[]): Promise<Contenders> {
  const { folder } = context;
  const { window, entryBytes } = writes;
  const seconds = secondsOf(context);
  const lmdb = await startLmdbFloor(folder);
  stops.push(lmdb.stop);
  const contenders: Contenders = {};
  // The quick form has those of which a reach speaks.
  for (const entriesPerRecord of context.isQuick ? [1, 100] : UNITS) {
    contenders[`${LMDB} ${entriesPerRecord}`] = () => lmdb.entriesPerSecond({ entriesPerRecord, entryBytes, inFlight: window, seconds });
    contenders[`fdatasync ${entriesPerRecord}`] = async () =>
      groupedFlushesPerSecond(folder, { recordsPerFlush: window * entriesPerRecord, entryBytes, seconds });
  }
  return contenders;
}

async function peerContenders(context: BenchContext, writes: Writes, stops: (() => Promise<void>)[]): Promise<Contenders> {
  const { folder } = context;
  const { window, entryBytes } = writes;
  const seconds = secondsOf(context);
  const contenders: Contenders = {};
  const redis = await startPeer(context, "Redis XADD", () => startRedis(folder));
  if (redis !== undefined) {
    stops.push(redis.stop);
    contenders[REDIS_XADD] = () => redis.xaddsPerSecond({ inFlight: window, entryBytes, seconds });
  }
  const nats = await startPeer(context, "NATS publish", () => startNats(folder));
  if (nats !== undefined) {
    stops.push(nats.stop);
    contenders["NATS publish"] = () => nats.publishesPerSecond({ inFlight: window, entryBytes, seconds });
  }
  const sqlite = await startPeer(context, "SQLite insert", () => startSqlite(folder));
  if (sqlite !== undefined) {
    stops.push(sqlite.stop);
    const name = window === 1 ? "SQLite insert" : `SQLite insert, ${window} to a transaction`;
    contenders[name] = async () => sqlite.insertsPerSecond({ rowsPerTransaction: window, entryBytes, seconds });
  }
  if (window === 1) return contenders;
  const postgres = await startPeer(context, "PostgreSQL insert", () => startPostgres(folder));
  if (postgres !== undefined) {
    stops.push(postgres.stop);
    const tries = context.isQuick ? [64] : [1, 16, 64, 128];
    contenders[POSTGRES_BEST] = async () =>
      Math.max(...tries.map((connections) => postgres.insertsPerSecond({ connections, entryBytes, seconds })));
  }
  return contenders;
}
