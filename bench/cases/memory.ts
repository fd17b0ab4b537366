import { setTimeout as sleep } from "node:timers/promises";
import { TailEdge } from "../../gen/seglog/v1/segment_service_pb.js";
import type { BenchCase, BenchContext } from "../bench-case.js";
import { AskedProcess } from "../load/asked-process.js";
import { startObservers, TAIL_PATH, tailRequest } from "../load/observers.js";
import { type SeglogBench, withSeglog } from "../load/with-seglog.js";
import type { WriterAnswers } from "../load/writer-process.js";
import { type Row, rowOf } from "../row.js";

const WRITERS = 128;
const TAILS = 100;
const SAMPLE_MS = 20;

/** The daemon's memory at its highest while many write and many follow everything that is written. */
export const memoryCases: readonly BenchCase[] = [
  {
    name: `memory, ${WRITERS} writers and ${TAILS} tails`,
    isQuick: true,
    run: (context) => withSeglog(context.folder, (bench) => memory(context, bench)),
  },
];

async function memory(context: BenchContext, bench: SeglogBench): Promise<readonly Row[]> {
  const { seglog, newSegment, onEnd } = bench;
  const writers = await AskedProcess.start<WriterAnswers>(new URL("../load/writer-process.js", import.meta.url));
  onEnd(() => writers.stop());
  const observers = await startObservers();
  onEnd(() => observers.stop());

  const segmentIds: string[] = [];
  while (segmentIds.length < WRITERS) segmentIds.push(await newSegment());
  await writers.ask("connect", seglog.socket, segmentIds);
  await observers.ask("connect", seglog.socket, TAILS);
  await observers.ask(
    "follow",
    TAIL_PATH,
    tailRequest({ scope: { case: "store", value: {} }, start: { case: "edge", value: TailEdge.END } }),
  );
  await observers.ask("receive", 0);

  const seconds = context.isQuick ? 1.5 : 10;
  const figures: number[] = [];
  let appends = 0;
  for (let run = 0; run < context.runs; run++) {
    const writing = writers.ask("write", seconds);
    figures.push((await highest(() => seglog.anonymousBytes(), writing)) / 1e6);
    appends += await writing;
  }
  const { bytes } = await observers.ask("receive", 0);
  const written = Math.round(appends / (seconds * context.runs));
  const received = Math.round(bytes / 1e6 / (seconds * context.runs));
  context.note(`meanwhile ${written} appends/s, and ${received} MB/s received by tails that follow the whole store`);
  return [
    rowOf({
      case: `memory, ${WRITERS} writers and ${TAILS} tails, RssAnon at its highest`,
      unit: "MB",
      figures,
      reach: { of: "MB", atMost: 200 },
    }),
  ];
}

/** The highest of what is sampled until something is done. */
async function highest(sample: () => number, until: Promise<unknown>): Promise<number> {
  let isDone = false;
  const done = until.finally(() => {
    isDone = true;
  });
  let max = 0;
  while (!isDone) {
    max = Math.max(max, sample());
    await Promise.race([done, sleep(SAMPLE_MS)]);
  }
  await done;
  return max;
}
