import { type Segment, SegmentSchema } from "../../../gen/seglog/v1/segment_pb.js";
import { jsonLine, messageJson } from "../json-line.js";
import { forkTree } from "./fork-tree.js";
import type { ToldSegment } from "./told-segments.js";
import { LINE_RAILS, treeRows } from "./tree-rows.js";

/** The fork tree of a session as JSON, a segment a line in the order of the picture. */
export function treeJsonLines(segments: readonly ToldSegment[], headSegmentId: string): string[] {
  const rows = forkTree(segments).flatMap((root) => treeRows(root, LINE_RAILS));
  return rows.map(({ node: { segment, parent, children } }) =>
    jsonLine({
      segmentId: segment.segmentId,
      parentSegmentId: parent?.segment.segmentId ?? null,
      branch: segment.branch,
      isHead: segment.segmentId === headSegmentId,
      childCount: children.length,
      segment: messageJson(SegmentSchema, withoutBranch(segment)),
    }),
  );
}

function withoutBranch({ branch: _, ...segment }: ToldSegment): Segment {
  return segment;
}
