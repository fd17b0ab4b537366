import type { BenchCase, BenchContext } from "../bench-case.js";
import { inTurn } from "../in-turn.js";
import { callsFor } from "../load/calls-for.js";
import { appendRequest, conversationEntry } from "../load/conversation.js";
import { secondsOf } from "../load/duration.js";
import { unaryCalls } from "../load/h2load.js";
import { type Measured, startEcho } from "../load/processes.js";
import { ProcessorUse } from "../load/processor-use.js";
import { createSegments, entryCountOf, type WriteBench, withWriteBench } from "../load/write-bench.js";
import { type Row, rowOf } from "../row.js";
import { ETCD_PUT, POSTGRES_INSERT, startUnaryPeers, type UnaryPeer, type UnaryWrites } from "./unary-peers.js";

const APPEND_PATH = "/seglog.v1.SegmentService/Append";

/** An answer has at least the segment's id. */
const ANSWER_BYTES_MIN = 33;

/** What an append should come to of the echo, by how many are in flight. */
const REACH_OF_ECHO: Readonly<Record<number, number>> = { 1: 0.35, 128: 0.6 };

/** Durable unary Append beside a node:http2 echo of the same bytes, and beside what people would use instead. */
export const unaryAppendCases: readonly BenchCase[] = [600, 8192].flatMap((entryBytes) =>
  [1, 16, 128].map((inFlight) => ({
    name: `unary Append, ${entryBytes} B, ${inFlight} in flight`,
    isQuick: entryBytes === 600,
    run: (context) => withWriteBench(context.folder, (bench) => unaryAppend(context, bench, { inFlight, entryBytes })),
  })),
);

async function unaryAppend(context: BenchContext, bench: WriteBench, writes: UnaryWrites): Promise<readonly Row[]> {
  const [segmentId = ""] = await createSegments(bench.client, 1);
  const echo = await startEcho(context.folder);
  let peers: readonly UnaryPeer[] = [];
  try {
    peers = await startUnaryPeers(context, writes);
    const figures = await measure(context, bench, { segmentId, echo, peers, writes });
    return rowsOf(`unary Append, ${writes.entryBytes} B, ${writes.inFlight} in flight`, figures, writes);
  } finally {
    for (const peer of peers) await peer.stop();
    await echo.stop();
  }
}

async function measure(
  context: BenchContext,
  { seglog, client }: WriteBench,
  { segmentId, echo, peers, writes }: { segmentId: string; echo: Measured; peers: readonly UnaryPeer[]; writes: UnaryWrites },
): Promise<Record<string, number[]>> {
  const { folder } = context;
  const message = appendRequest(segmentId, conversationEntry(writes.entryBytes));
  const load = { path: APPEND_PATH, message, inFlight: writes.inFlight, folder, answerBytesMin: ANSWER_BYTES_MIN };
  const rate = (target: Measured, calls: number) => unaryCalls({ ...load, socket: target.socket, calls }).callsPerSecond;
  let appended = 0;
  const appends = (calls: number) => {
    appended += calls;
    return rate(seglog, calls);
  };
  const seconds = secondsOf(context);
  const [echoCalls, calls] = [await callsFor(seconds, (count) => rate(echo, count)), await callsFor(seconds, appends)];

  const use = new ProcessorUse();
  const figures = await inTurn<string>(context.runs, {
    seglog: () => use.during(seglog, () => appends(calls), calls),
    echo: async () => rate(echo, echoCalls),
    ...Object.fromEntries(peers.map((peer) => [peer.name, async () => peer.perSecond()])),
  });
  context.note(use.line("h2load"));
  const entryCount = await entryCountOf(client, segmentId);
  if (entryCount !== appended + 1) throw new Error(`${appended} appends were answered, and the segment has ${entryCount} entries`);
  return figures;
}

/** A row beside all, and one for each further reach. */
function rowsOf(name: string, { seglog = [], ...beside }: Record<string, number[]>, { inFlight, entryBytes }: UnaryWrites): readonly Row[] {
  const row = { case: name, unit: "appends/s", figures: seglog };
  if (entryBytes !== 600) return [rowOf({ ...row, beside })];
  const ofEcho = REACH_OF_ECHO[inFlight];
  const rows = [rowOf({ ...row, beside, ...(ofEcho !== undefined && { reach: { of: "echo", atLeast: ofEcho } }) })];
  if (inFlight !== 16) return rows;
  for (const [peer, atLeast] of [
    [ETCD_PUT, 1],
    [POSTGRES_INSERT, 0.7],
  ] as const) {
    const figures = beside[peer];
    if (figures === undefined) continue;
    rows.push(rowOf({ ...row, case: `${name}, beside ${peer}`, beside: { [peer]: figures }, reach: { of: peer, atLeast } }));
  }
  return rows;
}
