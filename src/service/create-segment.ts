import { CreateSegmentRequestSchema, CreateSegmentResponseSchema, SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { decodeRequestBeside } from "../model/wire/decode-request.js";
import type { SegmentInfo } from "../store/segment-info.js";
import { chosenSegmentId, chosenSessionId } from "./chosen-ids.js";
import type { ServiceDeps } from "./deps.js";
import { encode } from "./encode.js";
import { openingOf } from "./opening.js";
import { answerOnce } from "./remembered.js";
import { segmentMessage } from "./segment-message.js";

const method = SegmentService.method.createSegment;
const STATE = CreateSegmentRequestSchema.field.state;

/** Creates a segment with a given state, in a new session or in one that exists. */
export function createSegment(deps: ServiceDeps, bytes: Uint8Array): Promise<Uint8Array> {
  const { request, field: state } = decodeRequestBeside(CreateSegmentRequestSchema, bytes, STATE);
  const sessionId = chosenSessionId(deps, request.sessionId, "session_id");
  const segmentId = chosenSegmentId(deps, request.segmentId, "segment_id");
  const opening = openingOf(deps, sessionId, state);
  return answerOnce({ method, requestId: request.requestId, request: bytes }, encodeAnswer, (remember) =>
    deps.store.createSegment({ sessionId, segmentId, session: "any", opening }, remember),
  );
}

function encodeAnswer(segment: SegmentInfo): Uint8Array {
  return encode(CreateSegmentResponseSchema, { segment: segmentMessage(segment) });
}
