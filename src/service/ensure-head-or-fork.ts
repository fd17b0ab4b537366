import { EnsureHeadOrForkRequestSchema, EnsureHeadOrForkResponseSchema, SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { parseSegmentId } from "../model/id.js";
import { decodeRequestBeside } from "../model/wire/decode-request.js";
import type { EnsureHeadResult } from "../store/store-writes.js";
import { chosenSegmentId } from "./chosen-ids.js";
import type { ServiceDeps } from "./deps.js";
import { encode } from "./encode.js";
import { forkOpening, openingOnceKnown } from "./opening.js";
import { answerOnce } from "./remembered.js";
import { segmentMessage } from "./segment-message.js";

const method = SegmentService.method.ensureHeadOrFork;
const STATE = EnsureHeadOrForkRequestSchema.field.state;

/** Leaves a segment that has as many entries as its writer believes; forks it otherwise. */
export function ensureHeadOrFork(deps: ServiceDeps, bytes: Uint8Array): Promise<Uint8Array> {
  const { request, field: state } = decodeRequestBeside(EnsureHeadOrForkRequestSchema, bytes, STATE);
  const params = {
    segmentId: parseSegmentId(request.segmentId),
    entriesWritten: Number(request.entriesWritten),
    atTurn: request.atTurn,
    newSegmentId: chosenSegmentId(deps, request.newSegmentId, "new_segment_id"),
    opening: state === undefined ? undefined : openingOnceKnown(deps, state, "forkedFrom"),
    forkOpening,
  };
  return answerOnce({ method, requestId: request.requestId, request: bytes }, encodeAnswer, (remember) =>
    deps.store.ensureHeadOrFork(params, remember),
  );
}

function encodeAnswer({ segment, forked }: EnsureHeadResult): Uint8Array {
  return encode(EnsureHeadOrForkResponseSchema, { segment: segmentMessage(segment), forked });
}
