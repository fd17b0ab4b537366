import { SegmentService, TruncateSegmentRequestSchema, TruncateSegmentResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { invalidField } from "../model/errors.js";
import { parseSegmentId } from "../model/id.js";
import { decodeRequest } from "../model/wire/decode-request.js";
import type { TruncateResult } from "../store/store-writes.js";
import type { ServiceDeps } from "./deps.js";
import { encode } from "./encode.js";
import { preconditionOf } from "./points.js";
import { answerOnce } from "./remembered.js";
import { segmentMessage } from "./segment-message.js";

const method = SegmentService.method.truncateSegment;

/** Cuts a segment back to its first entries. */
export async function truncateSegment(deps: ServiceDeps, bytes: Uint8Array): Promise<Uint8Array> {
  const request = decodeRequest(TruncateSegmentRequestSchema, bytes);
  if (request.entryCount === 0n) throw invalidField("entry_count", "is 0, wanted at least 1: the opening stays");
  const params = {
    segmentId: parseSegmentId(request.segmentId),
    entryCount: Number(request.entryCount),
    precondition: preconditionOf(request.precondition),
  };
  return answerOnce({ method, requestId: request.requestId, request: bytes }, encodeAnswer, (remember) =>
    deps.store.truncateSegment(params, remember),
  );
}

function encodeAnswer({ segment, removedCount }: TruncateResult): Uint8Array {
  return encode(TruncateSegmentResponseSchema, { segment: segmentMessage(segment), removedCount: BigInt(removedCount) });
}
