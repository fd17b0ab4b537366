import { DeleteSessionRequestSchema, DeleteSessionResponseSchema, SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { parseSessionId } from "../model/id.js";
import { decodeRequest } from "../model/wire/decode-request.js";
import type { ServiceDeps } from "./deps.js";
import { encode } from "./encode.js";
import { answerOnce } from "./remembered.js";

const method = SegmentService.method.deleteSession;

/** Deletes a session with all its segments. */
export async function deleteSession(deps: ServiceDeps, bytes: Uint8Array): Promise<Uint8Array> {
  const request = decodeRequest(DeleteSessionRequestSchema, bytes);
  const sessionId = parseSessionId(request.sessionId);
  const encodeAnswer = (deleted: { readonly segmentCount: number }) =>
    encode(DeleteSessionResponseSchema, { segmentCount: BigInt(deleted.segmentCount) });
  return answerOnce({ method, requestId: request.requestId, request: bytes }, encodeAnswer, (remember) =>
    deps.store.deleteSession({ sessionId }, remember),
  );
}
