import { create, toBinary } from "@bufbuild/protobuf";
import { ForkSegmentRequestSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import type { BenchCase, BenchContext } from "../bench-case.js";
import { inTurn } from "../in-turn.js";
import { fillSegment } from "../load/append-stream.js";
import { appendRequest, conversationEntry } from "../load/conversation.js";
import { unaryCalls } from "../load/h2load.js";
import { restoreMs } from "../load/restore-ms.js";
import { type SeglogBench, withSeglog } from "../load/with-seglog.js";
import { type Row, rowOf } from "../row.js";

const FORKED_ENTRIES = 100_000;
/** Every answer holds an id. */
const ID_BYTES = 26;
const CHAIN_FORKS = 100;
const CHAIN_ENTRIES = 10_000;

/** A fork of a long segment beside an append, and what a long line of forks costs a restore. */
export const forkCases: readonly BenchCase[] = [
  {
    name: `ForkSegment of ${FORKED_ENTRIES} entries`,
    isQuick: true,
    run: (context) => withSeglog(context.folder, (bench) => forkAtHead(context, bench)),
  },
  {
    name: `RestoreSegment through ${CHAIN_FORKS} forks`,
    isQuick: true,
    // Nothing is kept between restores: each is as one for the first time.
    run: (context) => withSeglog(context.folder, (bench) => restoreThroughForks(context, bench), ["--kept-state-bytes-max", "0"]),
  },
];

async function forkAtHead(context: BenchContext, { seglog, caller, newSegment }: SeglogBench): Promise<readonly Row[]> {
  const forked = await newSegment();
  await fillSegment(caller, forked, FORKED_ENTRIES);
  const fork = toBinary(ForkSegmentRequestSchema, create(ForkSegmentRequestSchema, { segmentId: forked }));
  const append = appendRequest(await newSegment(), conversationEntry(600));
  const { folder } = context;
  const calls = context.isQuick ? 150 : 1000;
  const callMs = async (method: string, message: Uint8Array) => {
    const path = `/seglog.v1.SegmentService/${method}`;
    return 1000 / unaryCalls({ socket: seglog.socket, path, message, inFlight: 1, calls, folder, answerBytesMin: ID_BYTES }).callsPerSecond;
  };
  await callMs("ForkSegment", fork);
  await callMs("Append", append);

  const figures = await inTurn(context.runs, { fork: () => callMs("ForkSegment", fork), append: () => callMs("Append", append) });
  return [
    rowOf({
      case: `ForkSegment of ${FORKED_ENTRIES} entries, one after the other`,
      unit: "ms",
      figures: figures.fork,
      beside: { "an Append": figures.append },
      reach: { of: "an Append", atMost: 1.5 },
    }),
  ];
}

async function restoreThroughForks(context: BenchContext, { client, caller, newSegment }: SeglogBench): Promise<readonly Row[]> {
  const flat = await newSegment();
  await fillSegment(caller, flat, CHAIN_ENTRIES);
  let forked = await newSegment();
  for (let forks = 0; forks <= CHAIN_FORKS; forks++) {
    if (forks > 0) forked = (await client.forkSegment({ segmentId: forked })).segment?.segmentId ?? "";
    if (forks < CHAIN_FORKS) await fillSegment(caller, forked, CHAIN_ENTRIES / CHAIN_FORKS);
  }
  const times = context.isQuick ? 1 : 5;
  const averageMs = async (segmentId: string) => {
    let sum = 0;
    for (let time = 0; time < times; time++) sum += await restoreMs(caller, segmentId);
    return sum / times;
  };
  for (const segmentId of [flat, forked]) await averageMs(segmentId);

  const figures = await inTurn(context.runs, { forked: () => averageMs(forked), flat: () => averageMs(flat) });
  return [
    rowOf({
      case: `RestoreSegment of ${CHAIN_ENTRIES} entries through ${CHAIN_FORKS} forks`,
      unit: "ms",
      figures: figures.forked,
      beside: { "a flat segment": figures.flat },
      reach: { of: "a flat segment", atMost: 1.2 },
    }),
  ];
}
