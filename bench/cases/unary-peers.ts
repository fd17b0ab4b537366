import type { BenchContext } from "../bench-case.js";
import { callsFor } from "../load/calls-for.js";
import { secondsOf } from "../load/duration.js";
import { startEtcd } from "../peers/etcd.js";
import { jsonlLinesPerSecond } from "../peers/jsonl.js";
import { startNats } from "../peers/nats.js";
import { startPostgres } from "../peers/postgres.js";
import { startRedis } from "../peers/redis.js";
import { startSqlite } from "../peers/sqlite.js";
import { startPeer } from "../peers/start-peer.js";

/** One that is measured beside us. */
export interface UnaryPeer {
  readonly name: string;
  perSecond(): number | Promise<number>;
  stop(): Promise<void>;
}

/** What is written: entries of a size, so many at once. */
export interface UnaryWrites {
  readonly inFlight: number;
  readonly entryBytes: number;
}

export const ETCD_PUT = "etcd put";
export const POSTGRES_INSERT = "PostgreSQL insert";

/** Starts what people would use instead, as far as it is installed. The quick form has some of them in each case. */
export async function startUnaryPeers(context: BenchContext, writes: UnaryWrites): Promise<readonly UnaryPeer[]> {
  const isWanted = (inFlight: number) => !context.isQuick || writes.inFlight === inFlight;
  const starts: [name: string, start: () => Promise<UnaryPeer>][] = [];
  if (isWanted(16)) starts.push([ETCD_PUT, () => etcdPeer(context, writes)], [POSTGRES_INSERT, () => postgresPeer(context, writes)]);
  if (isWanted(1)) starts.push(["Redis XADD", () => redisPeer(context, writes)], ["NATS publish", () => natsPeer(context, writes)]);
  // These have one writer: they are comparable where one append is in flight.
  if (writes.inFlight === 1) {
    starts.push(["SQLite insert", () => sqlitePeer(context, writes)]);
    starts.push(["JSONL line with fdatasync", () => jsonlPeer(context, writes, true)]);
    starts.push(["JSONL line", () => jsonlPeer(context, writes, false)]);
  }
  const peers: UnaryPeer[] = [];
  for (const [name, start] of starts) {
    const peer = await startPeer(context, name, start);
    if (peer !== undefined) peers.push({ ...peer, name });
  }
  return peers;
}

async function etcdPeer(context: BenchContext, writes: UnaryWrites): Promise<UnaryPeer> {
  const etcd = await startEtcd(context.folder);
  const rate = (calls: number) => etcd.putsPerSecond({ ...writes, calls });
  const calls = await callsFor(secondsOf(context), rate);
  return { name: ETCD_PUT, perSecond: () => rate(calls), stop: etcd.stop };
}

async function postgresPeer(context: BenchContext, { inFlight, entryBytes }: UnaryWrites): Promise<UnaryPeer> {
  const postgres = await startPostgres(context.folder);
  const load = { connections: inFlight, entryBytes, seconds: secondsOf(context) };
  return { name: POSTGRES_INSERT, perSecond: () => postgres.insertsPerSecond(load), stop: postgres.stop };
}

async function redisPeer(context: BenchContext, writes: UnaryWrites): Promise<UnaryPeer> {
  const redis = await startRedis(context.folder);
  return { name: "Redis XADD", perSecond: () => redis.xaddsPerSecond({ ...writes, seconds: secondsOf(context) }), stop: redis.stop };
}

async function natsPeer(context: BenchContext, writes: UnaryWrites): Promise<UnaryPeer> {
  const nats = await startNats(context.folder);
  return { name: "NATS publish", perSecond: () => nats.publishesPerSecond({ ...writes, seconds: secondsOf(context) }), stop: nats.stop };
}

async function sqlitePeer(context: BenchContext, { entryBytes }: UnaryWrites): Promise<UnaryPeer> {
  const sqlite = await startSqlite(context.folder);
  const load = { rowsPerTransaction: 1, entryBytes, seconds: secondsOf(context) };
  return { name: "SQLite insert", perSecond: () => sqlite.insertsPerSecond(load), stop: sqlite.stop };
}

async function jsonlPeer(context: BenchContext, { entryBytes }: UnaryWrites, isFlushed: boolean): Promise<UnaryPeer> {
  const load = { entryBytes, seconds: secondsOf(context), isFlushed };
  return { name: "JSONL line", perSecond: () => jsonlLinesPerSecond(context.folder, load), stop: async () => {} };
}
