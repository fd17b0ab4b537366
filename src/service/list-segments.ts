import { ListSegmentsRequestSchema, ListSegmentsResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { parseSessionId, type SegmentId } from "../model/id.js";
import { decodeRequest } from "../model/wire/decode-request.js";
import type { ServiceDeps } from "./deps.js";
import { encode } from "./encode.js";
import { listRangeOf, pageOf } from "./list-page.js";
import { segmentMessage } from "./segment-message.js";

/** Lists segments, by id, descending. */
export async function listSegments(deps: ServiceDeps, bytes: Uint8Array): Promise<Uint8Array> {
  const request = decodeRequest(ListSegmentsRequestSchema, bytes);
  const session = request.sessionId === undefined ? {} : { sessionId: parseSessionId(request.sessionId) };
  const range = listRangeOf<SegmentId>(request);
  if (range === undefined) return encode(ListSegmentsResponseSchema, {});
  const { rows, nextPageToken } = await pageOf(
    range,
    (asked) => deps.store.listSegments({ ...asked, ...session }),
    ({ segmentId }) => segmentId,
  );
  return encode(ListSegmentsResponseSchema, { segments: rows.map(segmentMessage), nextPageToken });
}
