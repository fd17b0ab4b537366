import { create } from "@bufbuild/protobuf";
import { SegmentSchema } from "../../../gen/seglog/v1/segment_pb.js";
import type { BranchKind } from "../../../src/cli/tree/branch-kind.js";
import type { ToldSegment } from "../../../src/cli/tree/told-segments.js";

/** What a segment of a test's tree came from: by reference, by compaction, or only in name. */
export interface Origin {
  readonly of?: number;
  readonly as?: "base" | "compaction" | "name";
  readonly branch?: BranchKind;
}

/** The id of the n-th segment of a test: told from its neighbours by its last characters alone. */
export function idOf(n: number): string {
  return `01K0000000000000000000${String(n).padStart(4, "0")}`;
}

/** Segment n of a test's tree. */
export function aTold(n: number, { of, as = "base", branch }: Origin = {}): ToldSegment {
  const origin = of === undefined ? undefined : { segmentId: idOf(of), atTurn: 1n };
  const segment = create(SegmentSchema, {
    segmentId: idOf(n),
    entryCount: 4n,
    ...(origin && (as === "compaction" ? { compactedFrom: origin } : { forkedFrom: origin })),
    ...(origin && as === "base" && { base: { segmentId: origin.segmentId, entryCount: 2n } }),
  });
  return { ...segment, branch: branch ?? (of === undefined ? "root" : as === "compaction" ? "compaction" : "fork") };
}
