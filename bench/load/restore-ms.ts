import { create, toBinary } from "@bufbuild/protobuf";
import { RestoreSegmentRequestSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { monotonicMs } from "./clock.js";
import type { RawCaller } from "./raw-caller.js";

/** How long a restore takes from the request to the end of the answer. */
export async function restoreMs(caller: RawCaller, segmentId: string): Promise<number> {
  const request = toBinary(RestoreSegmentRequestSchema, create(RestoreSegmentRequestSchema, { segmentId }));
  const startMs = monotonicMs();
  await caller.call("RestoreSegment", request);
  return monotonicMs() - startMs;
}
