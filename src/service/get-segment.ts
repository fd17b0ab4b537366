import { GetSegmentRequestSchema, GetSegmentResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { parseSegmentId } from "../model/id.js";
import { decodeRequest } from "../model/wire/decode-request.js";
import type { ServiceDeps } from "./deps.js";
import { encode } from "./encode.js";
import { segmentMessage } from "./segment-message.js";

/** Describes a segment. */
export async function getSegment(deps: ServiceDeps, bytes: Uint8Array): Promise<Uint8Array> {
  const { segmentId } = decodeRequest(GetSegmentRequestSchema, bytes);
  const segment = await deps.store.getSegment(parseSegmentId(segmentId));
  return encode(GetSegmentResponseSchema, { segment: segmentMessage(segment) });
}
