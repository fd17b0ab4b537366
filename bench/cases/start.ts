import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { BenchCase, BenchContext } from "../bench-case.js";
import { fillSegment } from "../load/append-stream.js";
import { monotonicMs } from "../load/clock.js";
import { startSeglog } from "../load/processes.js";
import { RawCaller } from "../load/raw-caller.js";
import { withSeglog } from "../load/with-seglog.js";
import { type Row, rowOf } from "../row.js";

const STORE_BYTES = 2 ** 30;
const ENTRY_BYTES = 600;
const SEGMENT_ENTRIES = 20_000;

/** From the start of the process until it answers a call, on a store of 1 GiB. */
export const startCases: readonly BenchCase[] = [{ name: "start with a store of 1 GiB", isQuick: false, run: start }];

async function start(context: BenchContext): Promise<readonly Row[]> {
  const { folder } = context;
  await withSeglog(folder, async ({ caller, newSegment }) => {
    while (storeBytes(folder) < STORE_BYTES) await fillSegment(caller, await newSegment(), SEGMENT_ENTRIES, ENTRY_BYTES);
  });
  const figures: number[] = [];
  for (let run = 0; run < context.runs; run++) figures.push(await startSeconds(folder));
  context.note("the store was in the page cache");
  return [rowOf({ case: "start with a store of 1 GiB until the first answer", unit: "s", figures, reach: { of: "s", atMost: 1 } })];
}

async function startSeconds(folder: string): Promise<number> {
  const startMs = monotonicMs();
  const seglog = await startSeglog(folder);
  try {
    const caller = await RawCaller.connect(seglog.socket);
    await caller.call("GetStatus", new Uint8Array());
    const seconds = (monotonicMs() - startMs) / 1000;
    caller.close();
    return seconds;
  } finally {
    await seglog.stop();
  }
}

function storeBytes(folder: string): number {
  const data = join(folder, "data");
  return readdirSync(data).reduce((sum, name) => sum + statSync(join(data, name)).size, 0);
}
