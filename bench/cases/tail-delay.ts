import { TailEdge } from "../../gen/seglog/v1/segment_service_pb.js";
import type { BenchCase, BenchContext } from "../bench-case.js";
import { inTurn } from "../in-turn.js";
import { type Acknowledgement, AppendStream, appendStreamRequest } from "../load/append-stream.js";
import { arrivalDelays } from "../load/arrival-delays.js";
import { startBackgroundAppends } from "../load/background-appends.js";
import { monotonicMs } from "../load/clock.js";
import { TAIL_PATH, tailRequest } from "../load/observers.js";
import { type TailBench, withTailBench } from "../load/tail-bench.js";
import { type Row, rowOf } from "../row.js";

/** Appends a second of others, where there is load. */
const LOAD_PER_SECOND = 1000;

/** Fewer say nothing of the slow ones. */
const APPENDS_MIN = 30;

interface DelayTask {
  readonly observerCount: number;
  readonly isLoaded: boolean;
}

const TASKS: readonly DelayTask[] = [
  { observerCount: 1, isLoaded: false },
  { observerCount: 10, isLoaded: false },
  { observerCount: 100, isLoaded: false },
  { observerCount: 10, isLoaded: true },
];

/** Time from the acknowledgement of an append to each observer's having the entry; all on one monotonic clock. */
export const tailDelayCases: readonly BenchCase[] = TASKS.map((task) => ({
  name: `acknowledgement to ${nameOf(task)}`,
  isQuick: true,
  run: (context) => withTailBench(context.folder, (bench) => delays(context, bench, task)),
}));

async function delays(context: BenchContext, bench: TailBench, task: DelayTask): Promise<readonly Row[]> {
  const seconds = context.isQuick ? 0.4 : 4;
  const p50: number[] = [];
  const p99: number[] = [];
  const followed = async () => {
    const { delays: sorted, appendMs } = await delaysOfRun(bench, { observerCount: task.observerCount, seconds });
    p50.push(percentile(sorted, 50));
    p99.push(percentile(sorted, 99));
    return appendMs;
  };
  const alone = async () => (await delaysOfRun(bench, { observerCount: 0, seconds })).appendMs;

  const load = task.isLoaded ? await startBackgroundAppends(bench.seglog.socket, { perSecond: LOAD_PER_SECOND, ...context }) : undefined;
  try {
    await delaysOfRun(bench, { observerCount: task.observerCount, seconds: 0.2 });
    const figures = await inTurn(context.runs, { followed, alone });
    context.note("below 0, observers had it before the writer had its acknowledgement");
    const of = `acknowledgement to ${nameOf(task)}`;
    return [
      rowOf({ case: `${of}, p50`, unit: "ms", figures: p50, reach: { of: "ms", atMost: 1 } }),
      rowOf({ case: `${of}, p99`, unit: "ms", figures: p99, reach: { of: "ms", atMost: 5 } }),
      rowOf({
        case: `Append that goes to ${nameOf(task)}, until its acknowledgement`,
        unit: "ms",
        figures: figures.followed,
        beside: { "one that nobody follows": figures.alone },
      }),
    ];
  } finally {
    await load?.stop();
  }
}

/** The delays of one writer's appends, one after the other, to all observers; and how long an append took on an average. */
async function delaysOfRun(
  bench: TailBench,
  { observerCount, seconds }: { readonly observerCount: number; readonly seconds: number },
): Promise<{ readonly delays: Float64Array; readonly appendMs: number }> {
  const { seglog, caller, segmentId, observers } = bench;
  const request = tailRequest({ scope: { case: "segmentId", value: segmentId }, start: { case: "edge", value: TailEdge.END } });
  await observers.ask("connect", seglog.socket, observerCount);
  await observers.ask("follow", TAIL_PATH, request);
  await observers.ask("receive", 0);
  await observers.ask("noteArrivals");

  const stream = new AppendStream(caller);
  const unit = appendStreamRequest(segmentId, { entries: 1, entryBytes: 600 });
  const acknowledged: Acknowledgement[] = [];
  const startMs = monotonicMs();
  while (monotonicMs() - startMs < seconds * 1000 || acknowledged.length < APPENDS_MIN) acknowledged.push(await stream.append(unit));
  const appendMs = (monotonicMs() - startMs) / acknowledged.length;
  stream.close();
  await observers.ask("receive", acknowledged.at(-1)?.headPosition ?? 0);

  const arrivals = await observers.ask("arrivals");
  await observers.ask("disconnect");
  const perObserver = arrivals.map((ofOne) => arrivalDelays(acknowledged, ofOne));
  return { delays: Float64Array.from(perObserver.flatMap((ofOne) => [...ofOne])).sort(), appendMs };
}

function nameOf({ observerCount, isLoaded }: DelayTask): string {
  const observers = observerCount === 1 ? "1 observer" : `${observerCount} observers`;
  return isLoaded ? `${observers} while others append ${LOAD_PER_SECOND}/s` : observers;
}

/** @param sorted in ascending order */
function percentile(sorted: Float64Array, percent: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}
