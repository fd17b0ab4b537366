import type { Segment } from "../../gen/seglog/v1/segment_pb.js";
import { wholeSegmentId } from "./ids.js";
import type { ClientContext } from "./with-client.js";

/**
 * The segment that somebody typed the id of, or its beginning.
 *
 * @throws SegmentClientError SEGMENT_NOT_FOUND
 */
export async function askedSegment(context: ClientContext, typed: string): Promise<Segment> {
  const segmentId = await wholeSegmentId(context, typed);
  const { segment } = await context.client.getSegment({ segmentId }, { signal: context.signal });
  if (segment === undefined) throw new Error("GetSegment answered without a segment");
  return segment;
}
