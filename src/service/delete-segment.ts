import { DeleteSegmentRequestSchema, DeleteSegmentResponseSchema, SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { parseSegmentId } from "../model/id.js";
import { decodeRequest } from "../model/wire/decode-request.js";
import type { ServiceDeps } from "./deps.js";
import { encode } from "./encode.js";
import { answerOnce } from "./remembered.js";

const method = SegmentService.method.deleteSegment;

/** Deletes a segment that no other one is based on. */
export async function deleteSegment(deps: ServiceDeps, bytes: Uint8Array): Promise<Uint8Array> {
  const request = decodeRequest(DeleteSegmentRequestSchema, bytes);
  const segmentId = parseSegmentId(request.segmentId);
  const encodeAnswer = () => encode(DeleteSegmentResponseSchema, {});
  return answerOnce({ method, requestId: request.requestId, request: bytes }, encodeAnswer, (remember) =>
    deps.store.deleteSegment({ segmentId }, remember),
  );
}
