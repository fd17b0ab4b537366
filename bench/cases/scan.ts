import { create, toBinary } from "@bufbuild/protobuf";
import { ReadEntriesRequestSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import type { BenchCase, BenchContext } from "../bench-case.js";
import { inTurn } from "../in-turn.js";
import { fillSegment } from "../load/append-stream.js";
import { monotonicMs } from "../load/clock.js";
import { Decoder } from "../load/decoder.js";
import { type SeglogBench, withSeglog } from "../load/with-seglog.js";
import { type Row, rowOf } from "../row.js";

const FLOOR = "decoding in process";

/** ReadEntries of a whole segment, beside what its reader spends on decoding the answer. */
export const scanCases: readonly BenchCase[] = [
  {
    name: "ReadEntries, a whole segment",
    isQuick: true,
    run: (context) => withSeglog(context.folder, (bench) => scan(context, bench)),
  },
];

async function scan(context: BenchContext, bench: SeglogBench): Promise<readonly Row[]> {
  const { caller, newSegment, onEnd } = bench;
  const entryCount = context.isQuick ? 20_000 : 100_000;
  const segmentId = await newSegment();
  await fillSegment(caller, segmentId, entryCount);
  const request = toBinary(ReadEntriesRequestSchema, create(ReadEntriesRequestSchema, { segmentId }));
  const call = { method: "ReadEntries", requests: [request], messageName: "ReadEntriesResponse" };
  const decoder = await Decoder.start(caller, context.folder, call);
  onEnd(() => decoder.stop());

  const figures = await inTurn(context.runs, {
    seglog: async () => {
      const startMs = monotonicMs();
      await caller.call("ReadEntries", request);
      return (entryCount * 1000) / (monotonicMs() - startMs);
    },
    [FLOOR]: async () => (entryCount * 1000) / (await decoder.decodeMs()),
  });
  context.note(`a segment of ${entryCount} entries`);
  return [rowOf({ case: "ReadEntries, a whole segment", unit: "entries/s", figures: figures.seglog, beside: { [FLOOR]: figures[FLOOR] } })];
}
