import { create, toBinary } from "@bufbuild/protobuf";
import { ReadEntriesRequestSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import type { BenchCase, BenchContext } from "../bench-case.js";
import { inTurn } from "../in-turn.js";
import { fillSegment } from "../load/append-stream.js";
import { Decoder } from "../load/decoder.js";
import { restoreMs } from "../load/restore-ms.js";
import { type SeglogBench, withSeglog } from "../load/with-seglog.js";
import { type Row, rowOf } from "../row.js";

const FLOOR = "decoding in process";

/** RestoreSegment, of a segment that was never restored before and again behind some new entries, beside decoding its entries. */
export const restoreCases: readonly BenchCase[] = [100, 10_000, 100_000].map((entryCount) => ({
  name: `RestoreSegment of ${entryCount} entries`,
  isQuick: entryCount <= 10_000,
  run: (context) => withSeglog(context.folder, (bench) => restore(context, bench, entryCount)),
}));

async function restore(context: BenchContext, bench: SeglogBench, entryCount: number): Promise<readonly Row[]> {
  const { caller, newSegment, seglog, onEnd } = bench;
  const repeats = Math.max(1, Math.min(10, 20_000 / entryCount));
  const againMs: number[] = [];
  const restoreTwice = async () => {
    let first = 0;
    let again = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const segmentId = await newSegment();
      await fillSegment(caller, segmentId, entryCount);
      first += await restoreMs(caller, segmentId);
      await fillSegment(caller, segmentId, Math.ceil(entryCount / 100));
      again += await restoreMs(caller, segmentId);
    }
    againMs.push(again / repeats);
    return first / repeats;
  };

  await restoreTwice();
  const segmentId = await newSegment();
  await fillSegment(caller, segmentId, entryCount);
  const requests = [toBinary(ReadEntriesRequestSchema, create(ReadEntriesRequestSchema, { segmentId }))];
  const decoder = await Decoder.start(caller, context.folder, { method: "ReadEntries", requests, messageName: "ReadEntriesResponse" });
  onEnd(() => decoder.stop());

  againMs.length = 0;
  const cpuBefore = seglog.cpuSeconds();
  const figures = await inTurn(context.runs, { seglog: restoreTwice, [FLOOR]: () => decoder.decodeMs() });
  const cpuSeconds = (seglog.cpuSeconds() - cpuBefore) / (context.runs * repeats);
  context.note(`the daemon used ${(cpuSeconds * 1000).toFixed(1)} ms of processor time for the entries' appends and both restores`);
  const isReached = entryCount === 10_000;
  return [
    rowOf({
      case: `RestoreSegment of ${entryCount} entries, for the first time`,
      unit: "ms",
      figures: figures.seglog,
      beside: { [FLOOR]: figures[FLOOR] },
      ...(isReached && { reach: { of: FLOOR, atMost: 1.5 } }),
    }),
    rowOf({
      case: `RestoreSegment of ${entryCount} entries, again when 1 % is new`,
      unit: "ms",
      figures: againMs,
      beside: { [FLOOR]: figures[FLOOR] },
      ...(isReached && { reach: { of: FLOOR, atMost: 0.3 } }),
    }),
  ];
}
