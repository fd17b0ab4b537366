import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSegmentClient } from "../src/client/segment-client.js";
import { appendRequest, conversationEntry } from "./conversation.js";
import { unaryCalls } from "./h2load.js";
import { type Measured, startEcho, startSeglog } from "./processes.js";
import { type Spread, spreadOf } from "./statistics.js";

const APPEND_PATH = "/seglog.v1.SegmentService/Append";

/** What the case measured. */
export interface UnaryAppendFigures {
  readonly inFlight: number;
  readonly entryBytes: number;
  readonly appendsPerSecond: Spread;
  readonly echoesPerSecond: Spread;
  /** Run by run. */
  readonly ratio: Spread;
  /** Microseconds of the daemon's processor time for an Append. */
  readonly cpuMicros: Spread;
  /** Bytes that the store grew by for each byte of the entries. */
  readonly diskRatio: number;
}

/** Durable unary Append beside an echo of the same bytes, in turn. */
export async function unaryAppend(options: {
  readonly inFlight: number;
  readonly entryBytes: number;
  readonly calls: number;
  readonly runs: number;
}): Promise<UnaryAppendFigures> {
  const folder = mkdtempSync(join(tmpdir(), "seglog-bench-"));
  const echo = await startEcho(folder);
  const seglog = await startSeglog(folder);
  const client = createSegmentClient({ socket: seglog.socket });
  try {
    const { segment } = await client.createSegment({});
    const entry = conversationEntry(options.entryBytes);
    const message = appendRequest(segment?.segmentId ?? "", entry);
    const run = (target: Measured, calls: number) =>
      unaryCalls({ socket: target.socket, path: APPEND_PATH, message, inFlight: options.inFlight, calls, folder }).callsPerSecond;

    const warmUpCalls = Math.min(options.calls, 5000);
    run(echo, warmUpCalls);
    run(seglog, warmUpCalls);
    const before = (await client.getStatus({})).storeByteSize;
    const rows = Array.from({ length: options.runs }, () => {
      const echoes = run(echo, options.calls);
      const cpuBefore = seglog.cpuSeconds();
      const appends = run(seglog, options.calls);
      return { echoes, appends, cpuMicros: ((seglog.cpuSeconds() - cpuBefore) * 1e6) / options.calls };
    });
    const grownBytes = Number((await client.getStatus({})).storeByteSize - before);
    return {
      inFlight: options.inFlight,
      entryBytes: entry.length,
      appendsPerSecond: spreadOf(rows.map(({ appends }) => appends)),
      echoesPerSecond: spreadOf(rows.map(({ echoes }) => echoes)),
      ratio: spreadOf(rows.map(({ appends, echoes }) => appends / echoes)),
      cpuMicros: spreadOf(rows.map(({ cpuMicros }) => cpuMicros)),
      diskRatio: grownBytes / (options.calls * options.runs * entry.length),
    };
  } finally {
    client.close();
    await seglog.stop();
    await echo.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
