import { ForkSegmentRequestSchema, ForkSegmentResponseSchema, SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { parseSegmentId } from "../model/id.js";
import { decodeRequest } from "../model/wire/decode-request.js";
import type { SegmentInfo } from "../store/segment-info.js";
import { chosenSegmentId } from "./chosen-ids.js";
import type { ServiceDeps } from "./deps.js";
import { encode } from "./encode.js";
import { forkOpening } from "./opening.js";
import { pointOf } from "./points.js";
import { answerOnce } from "./remembered.js";
import { segmentMessage } from "./segment-message.js";

const method = SegmentService.method.forkSegment;

/** Creates a sibling that inherits a prefix of a segment by reference, at a turn or at an entry. */
export function forkSegment(deps: ServiceDeps, bytes: Uint8Array): Promise<Uint8Array> {
  const request = decodeRequest(ForkSegmentRequestSchema, bytes);
  const params = {
    sourceId: parseSegmentId(request.segmentId),
    segmentId: chosenSegmentId(deps, request.newSegmentId, "new_segment_id"),
    at: pointOf(request.at, request.onMissingTurn),
    opening: forkOpening,
  };
  return answerOnce({ method, requestId: request.requestId, request: bytes }, encodeAnswer, (remember) =>
    deps.store.forkSegment(params, remember),
  );
}

function encodeAnswer(segment: SegmentInfo): Uint8Array {
  return encode(ForkSegmentResponseSchema, { segment: segmentMessage(segment) });
}
