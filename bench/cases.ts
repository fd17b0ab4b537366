import type { BenchCase } from "./bench-case.js";
import { unaryAppendCases } from "./cases/unary-append.js";

/** All that is measured, in the order of the table. */
export const BENCH_CASES: readonly BenchCase[] = [...unaryAppendCases];
