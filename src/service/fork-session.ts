import { toBinary } from "@bufbuild/protobuf";
import { StartStateSchema } from "../../gen/seglog/v1/segment_pb.js";
import {
  type ForkSessionRequest,
  ForkSessionRequestSchema,
  ForkSessionResponseSchema,
  SegmentService,
} from "../../gen/seglog/v1/segment_service_pb.js";
import { invalidField } from "../model/errors.js";
import type { SessionId } from "../model/id.js";
import { parseSegmentId } from "../model/id.js";
import type { NewEntry } from "../model/new-entry.js";
import { openingOfCopiedState } from "../model/opening.js";
import { decodeRequest } from "../model/wire/decode-request.js";
import type { SegmentInfo } from "../store/segment-info.js";
import { chosenSegmentId, chosenSessionId } from "./chosen-ids.js";
import type { ServiceDeps } from "./deps.js";
import { encode } from "./encode.js";
import type { CallContext } from "./handlers.js";
import { openingOf } from "./opening.js";
import { pointOf } from "./points.js";
import { answerOnce, recallAnswer } from "./remembered.js";
import { replayUntil } from "./replay.js";
import { segmentMessage } from "./segment-message.js";

const method = SegmentService.method.forkSession;

/** Creates a new session, without lineage, from a state or from a point of a segment. */
export async function forkSession(deps: ServiceDeps, bytes: Uint8Array, call: CallContext): Promise<Uint8Array> {
  const request = decodeRequest(ForkSessionRequestSchema, bytes);
  const retryable = { method, requestId: request.requestId, request: bytes };
  // The source may be gone by the time of a retry, and its state is long to replay.
  const answered = await recallAnswer(deps, retryable);
  if (answered !== undefined) return answered;

  const sessionId = chosenSessionId(deps, request.newSessionId, "new_session_id");
  const segmentId = chosenSegmentId(deps, undefined, "segment_id");
  const opening = await openingFrom(deps, sessionId, request.source, call.signal);
  return answerOnce(retryable, encodeAnswer, (remember) =>
    deps.store.createSegment({ sessionId, segmentId, session: "new", opening }, remember),
  );
}

async function openingFrom(
  deps: ServiceDeps,
  sessionId: SessionId,
  source: ForkSessionRequest["source"],
  signal: AbortSignal,
): Promise<readonly NewEntry[]> {
  if (source.case !== "point") return openingOf(deps, sessionId, source.value && toBinary(StartStateSchema, source.value));
  const { segmentId, at, onMissingTurn } = source.value;
  const sourceId = parseSegmentId(segmentId, "point.segment_id");
  const { segment, state } = await replayUntil(deps, sourceId, pointOf(at, onMissingTurn, "point."), signal);
  if (state.entryCount < segment.openingCount) throw invalidField("point.entry_count", "lies inside the segment's opening");
  return openingOfCopiedState({ ...state, sessionId }, deps.limits);
}

function encodeAnswer(segment: SegmentInfo): Uint8Array {
  return encode(ForkSessionResponseSchema, { segment: segmentMessage(segment) });
}
