import type { BenchCase, BenchContext } from "../bench-case.js";
import { inTurn } from "../in-turn.js";
import { secondsOf } from "../load/duration.js";
import { ProcessorUse } from "../load/processor-use.js";
import { createSegments, type WriteBench, withWriteBench } from "../load/write-bench.js";
import { entriesPerSecond } from "../load/writers.js";
import { type Row, rowOf } from "../row.js";

const COUNTS = [1, 100, 10_000];
const IN_FLIGHT = 128;

/** Durable unary Append to one segment beside the same spread over many. */
export const segmentsCases: readonly BenchCase[] = [600, 8192].map((entryBytes) => ({
  name: `unary Append to 1, 100 and 10,000 segments, ${entryBytes} B`,
  isQuick: entryBytes === 600,
  run: (context) => withWriteBench(context.folder, (bench) => appendToMany(context, bench, entryBytes)),
}));

async function appendToMany(context: BenchContext, bench: WriteBench, entryBytes: number): Promise<readonly Row[]> {
  const { seglog, client, writers } = bench;
  const segmentIds = await createSegments(client, Math.max(...COUNTS));
  const use = new ProcessorUse();
  const appendsPerSecond = async (count: number, seconds: number) => {
    const load = { entriesPerMessage: 1, entryBytes, hasRequestIds: false, inFlight: IN_FLIGHT, seconds };
    const daemonBefore = seglog.cpuSeconds();
    const written = await writers.ask("unary", { ...load, socket: seglog.socket, segmentIds: segmentIds.slice(0, count) });
    const daemonSeconds = seglog.cpuSeconds() - daemonBefore;
    use.add({ seconds: written.seconds, daemonSeconds, loadSeconds: written.cpuSeconds, appends: written.entries });
    return entriesPerSecond(written);
  };
  const seconds = secondsOf(context);
  await appendsPerSecond(1, seconds);
  const contenders = COUNTS.map((count) => [String(count), () => appendsPerSecond(count, seconds)] as const);
  const figures = await inTurn<string>(context.runs, Object.fromEntries(contenders));
  context.note(use.line("writers"));
  return COUNTS.map((count) =>
    rowOf({
      case: `unary Append, ${entryBytes} B, ${IN_FLIGHT} in flight, ${count} ${count === 1 ? "segment" : "segments"}`,
      unit: "appends/s",
      figures: figures[String(count)] ?? [],
      beside: count === 1 ? {} : { "one segment": figures["1"] ?? [] },
    }),
  );
}
