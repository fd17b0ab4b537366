import { createSegmentClient } from "../../src/client/segment-client.js";
import type { BenchCase, BenchContext } from "../bench-case.js";
import { inTurn } from "../in-turn.js";
import { appendRequest, conversationEntry } from "../load/conversation.js";
import { unaryCalls } from "../load/h2load.js";
import { type Measured, startEcho, startSeglog } from "../load/processes.js";
import { type Row, rowOf } from "../row.js";

const APPEND_PATH = "/seglog.v1.SegmentService/Append";

/** Durable unary Append beside a node:http2 echo of the same bytes. */
export const unaryAppendCases: readonly BenchCase[] = [1, 16, 128].map((inFlight) => ({
  name: `unary Append, 600 B, ${inFlight} in flight`,
  isQuick: true,
  run: (context) => unaryAppend(context, { inFlight, entryBytes: 600 }),
}));

async function unaryAppend(
  context: BenchContext,
  { inFlight, entryBytes }: { readonly inFlight: number; readonly entryBytes: number },
): Promise<readonly Row[]> {
  const { folder } = context;
  const calls = (inFlight === 1 ? 2000 : 20_000) * (context.isQuick ? 1 : 2);
  const echo = await startEcho(folder);
  const seglog = await startSeglog(folder);
  const client = createSegmentClient({ socket: seglog.socket });
  try {
    const { segment } = await client.createSegment({});
    const message = appendRequest(segment?.segmentId ?? "", conversationEntry(entryBytes));
    const rate = async (target: Measured, count: number) =>
      unaryCalls({ socket: target.socket, path: APPEND_PATH, message, inFlight, calls: count, folder }).callsPerSecond;
    for (const target of [echo, seglog]) await rate(target, Math.min(calls, 5000));

    const cpuBefore = seglog.cpuSeconds();
    const figures = await inTurn(context.runs, { seglog: () => rate(seglog, calls), echo: () => rate(echo, calls) });
    const cpuMicros = ((seglog.cpuSeconds() - cpuBefore) * 1e6) / (calls * context.runs);
    context.note(`the daemon used ${cpuMicros.toFixed(0)} µs of processor time an append`);
    return [
      rowOf({
        case: `unary Append, ${entryBytes} B, ${inFlight} in flight`,
        unit: "appends/s",
        figures: figures.seglog,
        beside: { echo: figures.echo },
      }),
    ];
  } finally {
    client.close();
    await seglog.stop();
    await echo.stop();
  }
}
