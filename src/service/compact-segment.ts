import { CompactSegmentRequestSchema, CompactSegmentResponseSchema, SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { parseSegmentId } from "../model/id.js";
import { decodeRequestBeside } from "../model/wire/decode-request.js";
import type { SegmentInfo } from "../store/segment-info.js";
import { chosenSegmentId } from "./chosen-ids.js";
import type { ServiceDeps } from "./deps.js";
import { encode } from "./encode.js";
import { openingOnceKnown } from "./opening.js";
import { preconditionOf } from "./points.js";
import { answerOnce } from "./remembered.js";
import { segmentMessage } from "./segment-message.js";

const method = SegmentService.method.compactSegment;
const STATE = CompactSegmentRequestSchema.field.state;

/** Creates a segment that stands for a sibling in shorter form. */
export function compactSegment(deps: ServiceDeps, bytes: Uint8Array): Promise<Uint8Array> {
  const { request, field: state } = decodeRequestBeside(CompactSegmentRequestSchema, bytes, STATE);
  const params = {
    sourceId: parseSegmentId(request.segmentId),
    segmentId: chosenSegmentId(deps, request.newSegmentId, "new_segment_id"),
    atTurn: request.atTurn,
    precondition: preconditionOf(request.precondition),
    opening: openingOnceKnown(deps, state, "compactedFrom"),
  };
  return answerOnce({ method, requestId: request.requestId, request: bytes }, encodeAnswer, (remember) =>
    deps.store.compactSegment(params, remember),
  );
}

function encodeAnswer(segment: SegmentInfo): Uint8Array {
  return encode(CompactSegmentResponseSchema, { segment: segmentMessage(segment) });
}
