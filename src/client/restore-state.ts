import { create, merge } from "@bufbuild/protobuf";
import { type RestoredState, RestoredStateSchema } from "../../gen/seglog/v1/segment_pb.js";
import type { RestoreSegmentResponse } from "../../gen/seglog/v1/segment_service_pb.js";

/** The whole state of which RestoreSegment gives the parts. What the parts hold is shared with it, not copied. */
export async function mergeStateParts(parts: AsyncIterable<RestoreSegmentResponse>): Promise<RestoredState> {
  const whole = create(RestoredStateSchema);
  for await (const { state } of parts) {
    if (state !== undefined) merge(RestoredStateSchema, whole, state);
  }
  return whole;
}
