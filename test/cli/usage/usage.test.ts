import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { LlmUsageSchema } from "../../../gen/seglog/v1/entry_pb.js";
import { SegmentSchema } from "../../../gen/seglog/v1/segment_pb.js";
import { sessionUsage } from "../../../src/cli/usage/usage.js";
import { usageTable } from "../../../src/cli/usage/usage-table.js";

const A = create(SegmentSchema, { segmentId: "A", entryCount: 6n });
const B = create(SegmentSchema, { segmentId: "B", entryCount: 3n, base: { segmentId: "A", entryCount: 3n } });
const C = create(SegmentSchema, { segmentId: "C", entryCount: 2n, base: { segmentId: "B", entryCount: 2n } });
const D = create(SegmentSchema, { segmentId: "D", entryCount: 2n, base: { segmentId: "A", entryCount: 2n } });

/** Usage at an index; how many tokens says of which entry it is. */
function used(index: bigint, tokens: bigint) {
  const usage = { inputTotalTokens: tokens, cacheReadTokens: 1n, cacheWriteTokens: 2n, outputTokens: 3n };
  return { index, usage: create(LlmUsageSchema, usage) };
}

const E = create(SegmentSchema, { segmentId: "E", entryCount: 1n, base: { segmentId: "C", entryCount: 2n } });

const ENTRIES = new Map([
  ["A", [used(2n, 1n), used(3n, 10n), used(5n, 100n)]],
  ["B", [used(1n, 1000n), used(2n, 10_000n)]],
  ["C", [used(1n, 100_000n)]],
]);

test("a path counts what it inherits up to where it was forked, a session each request once", () => {
  const { segments, heads, total } = sessionUsage([D, C, B, A], ENTRIES);

  expect(segments.map(({ segmentId, usage }) => [segmentId, usage.inputTotalTokens])).toEqual([
    ["D", 0n],
    ["C", 100_000n],
    ["B", 11_000n],
    ["A", 111n],
  ]);
  expect(heads.map(({ segmentId, usage }) => [segmentId, usage.requestCount, usage.inputTotalTokens])).toEqual([
    ["D", 0n, 0n],
    ["C", 3n, 101_001n],
    ["B", 3n, 11_001n],
    ["A", 3n, 111n],
  ]);
  expect(total).toEqual({
    requestCount: 6n,
    inputTotalTokens: 111_111n,
    cacheReadTokens: 6n,
    cacheWriteTokens: 12n,
    outputTokens: 18n,
  });
});

test("a head that a fork inherits whole is not the end of a path", () => {
  const { heads } = sessionUsage([A, B, C, E], ENTRIES);

  expect(heads.map(({ segmentId }) => segmentId)).toEqual(["A", "B", "E"]);
});

test("people see thousands apart", () => {
  const { total } = sessionUsage([A, B, C], ENTRIES);

  expect(usageTable("SESSION", [{ name: "x", usage: total }])).toEqual([
    "SESSION  REQUESTS    INPUT  CACHE READ  CACHE WRITE  OUTPUT",
    "x               6  111,111           6           12      18",
  ]);
});
