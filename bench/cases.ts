import type { BenchCase } from "./bench-case.js";
import { appendStreamCases } from "./cases/append-stream.js";
import { diskCases } from "./cases/disk.js";
import { growthCases } from "./cases/growth.js";
import { readSideCases } from "./cases/read-side.js";
import { segmentsCases } from "./cases/segments.js";
import { unaryAppendCases } from "./cases/unary-append.js";

/** All that is measured, in the order of the table. */
export const BENCH_CASES: readonly BenchCase[] = [
  ...unaryAppendCases,
  ...appendStreamCases,
  ...segmentsCases,
  ...diskCases,
  ...readSideCases,
  ...growthCases,
];
