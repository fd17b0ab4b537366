import { ListSessionsRequestSchema, ListSessionsResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import type { SessionId } from "../model/id.js";
import { parseNamespace } from "../model/namespace.js";
import { decodeRequest } from "../model/wire/decode-request.js";
import type { ServiceDeps } from "./deps.js";
import { encode } from "./encode.js";
import { listRangeOf, pageOf } from "./list-page.js";
import { sessionMessage } from "./segment-message.js";

/** Lists sessions, by id, descending. */
export async function listSessions(deps: ServiceDeps, bytes: Uint8Array): Promise<Uint8Array> {
  const request = decodeRequest(ListSessionsRequestSchema, bytes);
  const only = request.namespaceId === undefined ? {} : { namespace: parseNamespace(request.namespaceId, "namespace_id") };
  const range = listRangeOf<SessionId>(request);
  if (range === undefined) return encode(ListSessionsResponseSchema, {});
  const { rows, nextPageToken } = await pageOf(
    range,
    (asked) => deps.store.listSessions({ ...asked, ...only }),
    ({ sessionId }) => sessionId,
  );
  return encode(ListSessionsResponseSchema, { sessions: rows.map(sessionMessage), nextPageToken });
}
