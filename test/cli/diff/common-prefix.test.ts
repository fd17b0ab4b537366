import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Segment, SegmentSchema } from "../../../gen/seglog/v1/segment_pb.js";
import { branchPath, type PathPart, pathEntryCount } from "../../../src/cli/branch-path.js";
import { commonPrefix } from "../../../src/cli/diff/common-prefix.js";

/** A fork tree: each segment has a log of its own, and a base among those before it. */
const anyTree = fc
  .array(fc.record({ entries: fc.integer({ min: 1, max: 6 }), base: fc.option(fc.nat(), { nil: undefined }), cut: fc.nat() }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((shapes) => {
    const segments: Segment[] = [];
    for (const [i, { entries, base, cut }] of shapes.entries()) {
      const source = base === undefined ? undefined : segments[base % Math.max(1, i)];
      segments.push(
        create(SegmentSchema, {
          segmentId: `S${i}`,
          entryCount: BigInt(entries),
          ...(source && { base: { segmentId: source.segmentId, entryCount: (BigInt(cut) % source.entryCount) + 1n } }),
        }),
      );
    }
    return segments;
  });

/** Every entry of a path by its place. */
function expanded(parts: readonly PathPart[]): string[] {
  return parts.flatMap(({ segmentId, fromIndex, toIndex }) =>
    Array.from({ length: Number(toIndex - fromIndex) }, (_, i) => `${segmentId}@${fromIndex + BigInt(i)}`),
  );
}

function longestCommon(a: readonly string[], b: readonly string[]): string[] {
  const end = a.findIndex((entry, i) => entry !== b[i]);
  return a.slice(0, end < 0 ? a.length : end);
}

test("what two branches have in common is the longest common prefix of all their entries, and nothing is lost behind it", () => {
  fc.assert(
    fc.property(anyTree, fc.nat(), fc.nat(), (segments, i, j) => {
      const byId = new Map(segments.map((segment) => [segment.segmentId, segment]));
      const [a, b] = [i, j].map((at) => branchPath(segments[at % segments.length]!, byId)) as [PathPart[], PathPart[]]; // of two come two

      const { common, first, second } = commonPrefix(a, b);

      expect(expanded(common)).toEqual(longestCommon(expanded(a), expanded(b)));
      expect([...expanded(common), ...expanded(first)]).toEqual(expanded(a));
      expect([...expanded(common), ...expanded(second)]).toEqual(expanded(b));
      expect(pathEntryCount(common)).toBe(BigInt(expanded(common).length));
    }),
    { numRuns: 500 },
  );
});

test("a path ends where a base is missing or comes again", () => {
  const dangling = create(SegmentSchema, { segmentId: "A", entryCount: 2n, base: { segmentId: "?", entryCount: 1n } });
  const own = create(SegmentSchema, { segmentId: "B", entryCount: 2n, base: { segmentId: "B", entryCount: 1n } });

  expect(branchPath(dangling, new Map([["A", dangling]]))).toEqual([{ segmentId: "A", fromIndex: 0n, toIndex: 2n }]);
  expect(branchPath(own, new Map([["B", own]]))).toEqual([{ segmentId: "B", fromIndex: 0n, toIndex: 2n }]);
});
