import { TailEdge } from "../../gen/seglog/v1/segment_service_pb.js";
import type { BenchCase, BenchContext } from "../bench-case.js";
import { inTurn } from "../in-turn.js";
import { fillSegment } from "../load/append-stream.js";
import { tailRequest } from "../load/observers.js";
import { type TailBench, withTailBench } from "../load/tail-bench.js";
import { processorTimes, rateKeptIn, senderRun, type TailRun, tailRun } from "../load/tail-runs.js";
import { type Row, rowOf } from "../row.js";

const ENTRY_BYTES = 600;
const FLOOR = "node:http2 sending";

/** Observers who read a segment from its beginning, all at once, beside node:http2 sending the same bytes. */
export const tailCatchingUpCases: readonly BenchCase[] = [1, 10, 100].map((observerCount) => ({
  name: `tail, ${observerCount} catching up`,
  isQuick: true,
  run: (context) => withTailBench(context.folder, (bench) => catchingUp(context, bench, observerCount)),
}));

async function catchingUp(context: BenchContext, bench: TailBench, observerCount: number): Promise<readonly Row[]> {
  const { seglog, caller, segmentId } = bench;
  // A quick run has little time for a hundred observers: a shorter log for them, of a few messages all the same.
  const megabytes = context.isQuick ? Math.max(2, 50 / observerCount) : 50;
  const { headPosition } = await fillSegment(caller, segmentId, Math.ceil((megabytes * 1e6) / ENTRY_BYTES), ENTRY_BYTES);
  const request = tailRequest({ scope: { case: "segmentId", value: segmentId }, start: { case: "edge", value: TailEdge.BEGINNING } });

  const read = () => tailRun(bench, { observerCount, source: seglog, request, isFollowing: false, send: async () => headPosition });
  const { perObserver } = await read();
  const times = Math.ceil(500 / (megabytes * observerCount));
  const send = () => senderRun(bench, { observerCount, request, perObserver, times });
  await send();

  const caughtUp: TailRun[] = [];
  const sent: TailRun[] = [];
  const figures = await inTurn(context.runs, {
    seglog: () => rateKeptIn(caughtUp, read),
    [FLOOR]: () => rateKeptIn(sent, send),
  });
  context.note(`messages of ${Math.round(perObserver.bytes / 1000)} kB; ${processorTimes(caughtUp, sent)}`);
  return [
    rowOf({
      case: `tail, ${observerCount} catching up on ${Math.round(megabytes)} MB`,
      unit: "MB/s",
      figures: figures.seglog,
      beside: { [FLOOR]: figures[FLOOR] },
    }),
  ];
}
