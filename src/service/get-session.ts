import { GetSessionRequestSchema, GetSessionResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { parseSessionId } from "../model/id.js";
import { decodeRequest } from "../model/wire/decode-request.js";
import type { ServiceDeps } from "./deps.js";
import { encode } from "./encode.js";
import { sessionMessage } from "./segment-message.js";

/** Describes a session. */
export async function getSession(deps: ServiceDeps, bytes: Uint8Array): Promise<Uint8Array> {
  const { sessionId } = decodeRequest(GetSessionRequestSchema, bytes);
  const session = await deps.store.getSession(parseSessionId(sessionId));
  return encode(GetSessionResponseSchema, { session: sessionMessage(session) });
}
