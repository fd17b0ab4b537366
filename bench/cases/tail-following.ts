import { TailEdge } from "../../gen/seglog/v1/segment_service_pb.js";
import type { BenchCase, BenchContext } from "../bench-case.js";
import { inTurn } from "../in-turn.js";
import { AppendStream, appendStreamRequest } from "../load/append-stream.js";
import { tailRequest } from "../load/observers.js";
import { type TailBench, withTailBench } from "../load/tail-bench.js";
import { processorTimes, rateKeptIn, senderRun, type TailRun, tailRun } from "../load/tail-runs.js";
import { type Row, rowOf } from "../row.js";

const UNIT = { entries: 100, entryBytes: 600 };
const FLOOR = "node:http2 sending";

/** The floor sends more, so that its processor time is long enough to be told by the system's clock ticks. */
const FLOOR_MEGABYTES = 600;

/** Observers who are caught up while a writer appends at full speed, beside node:http2 sending the same bytes. */
export const tailFollowingCases: readonly BenchCase[] = [1, 10, 100].map((observerCount) => ({
  name: `tail, ${observerCount} following`,
  isQuick: true,
  run: (context) => withTailBench(context.folder, (bench) => following(context, bench, observerCount)),
}));

async function following(context: BenchContext, bench: TailBench, observerCount: number): Promise<readonly Row[]> {
  const { seglog, caller, segmentId } = bench;
  const megabytes = (context.isQuick ? 70 : 500) / (observerCount + 2);
  const units = Math.ceil((megabytes * 1e6) / (UNIT.entries * UNIT.entryBytes));
  const unit = appendStreamRequest(segmentId, UNIT);
  const stream = new AppendStream(caller);
  const append = async () => (await stream.appendMany(unit, units)).headPosition;
  const request = tailRequest({ scope: { case: "segmentId", value: segmentId }, start: { case: "edge", value: TailEdge.END } });

  const follow = () => tailRun(bench, { observerCount, source: seglog, request, isFollowing: true, send: append });
  const { perObserver } = await follow();
  const times = Math.ceil(FLOOR_MEGABYTES / (megabytes * observerCount));
  const send = () => senderRun(bench, { observerCount, request, perObserver, times });
  await send();

  const followed: TailRun[] = [];
  const sent: TailRun[] = [];
  const figures = await inTurn(context.runs, {
    seglog: () => rateKeptIn(followed, follow),
    // Nobody follows: what appending alone takes.
    alone: async () => {
      const before = seglog.cpuSeconds();
      await append();
      return seglog.cpuSeconds() - before;
    },
    [FLOOR]: () => rateKeptIn(sent, send),
  });
  context.note(`messages of ${Math.round(perObserver.bytes / 1000)} kB; ${processorTimes(followed, sent)}`);
  return [
    rowOf({
      case: `tail, ${observerCount} following, bytes received while a writer is at full speed`,
      unit: "MB/s",
      figures: figures.seglog,
      beside: { [FLOOR]: figures[FLOOR] },
    }),
    rowOf({
      case: `tail, ${observerCount} following, bytes by processor time that appending does not take`,
      unit: "MB/s",
      figures: followed.map(({ megabytes, cpuSeconds }, run) => megabytes / (cpuSeconds - (figures.alone[run] ?? 0))),
      beside: { [FLOOR]: sent.map(({ megabytes, cpuSeconds }) => megabytes / cpuSeconds) },
      ...(observerCount === 10 && { reach: { of: FLOOR, atLeast: 0.7 } }),
    }),
  ];
}
