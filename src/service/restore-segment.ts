import { setImmediate as nextTurn } from "node:timers/promises";
import { RestoreSegmentRequestSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { SeglogError } from "../model/errors.js";
import { parseSegmentId, parseSessionId, type SegmentId, type SessionId } from "../model/id.js";
import { restoredStateParts } from "../model/replay/state-parts.js";
import { decodeRequest } from "../model/wire/decode-request.js";
import type { ServiceDeps } from "./deps.js";
import type { CallContext } from "./handlers.js";
import { pointOf } from "./points.js";
import { replayUntil } from "./replay.js";

/** Replays a segment, or a prefix of it, and gives the state in parts. */
export async function* restoreSegment(deps: ServiceDeps, bytes: Uint8Array, call: CallContext): AsyncIterable<Uint8Array> {
  const request = decodeRequest(RestoreSegmentRequestSchema, bytes);
  const segmentId = parseSegmentId(request.segmentId);
  const sessionId = request.sessionId === undefined ? undefined : parseSessionId(request.sessionId);
  const at = pointOf(request.until, request.onMissingTurn);
  if (sessionId !== undefined && (await deps.store.getSegment(segmentId)).sessionId !== sessionId) throw notInSession(segmentId, sessionId);

  const { state } = await replayUntil(deps, segmentId, at, call.signal);
  for (const part of restoredStateParts(state)) {
    yield part;
    await nextTurn();
  }
}

function notInSession(segmentId: SegmentId, sessionId: SessionId): SeglogError {
  return new SeglogError("SEGMENT_NOT_FOUND", `there is no segment ${segmentId} in session ${sessionId}`, {
    metadata: { segment_id: segmentId, session_id: sessionId },
  });
}
