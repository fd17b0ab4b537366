import { fromBinary } from "@bufbuild/protobuf";
import { AppendResponseSchema, SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { parseAppendRequest } from "../model/append-request.js";
import { parseSegmentId, type SegmentId } from "../model/id.js";
import type { AppendParams } from "../store/store-writes.js";
import { encodeAppendResponse } from "./append-answer.js";
import type { ServiceDeps } from "./deps.js";
import { forkOpening } from "./opening.js";
import { answerOnce } from "./remembered.js";

const method = SegmentService.method.append;

/** Appends entries as one unit. */
export async function append(deps: ServiceDeps, bytes: Uint8Array): Promise<Uint8Array> {
  return appendUnit(deps, bytes, {});
}

/** Appends one unit, of a call of its own or of a stream. */
export function appendUnit(
  deps: ServiceDeps,
  bytes: Uint8Array,
  { stream, pathPrefix = "" }: { readonly stream?: NonNullable<AppendParams["stream"]>; readonly pathPrefix?: string },
): Promise<Uint8Array> {
  const { segmentId, entries, precondition, onConflict, requestId } = parseAppendRequest(bytes, deps.limits, pathPrefix);
  const params: AppendParams = {
    segmentId,
    entries,
    precondition,
    onConflict: onConflict === "fork" ? { fork: true, newSegmentId: parseSegmentId(deps.newId()), opening: forkOpening } : { fork: false },
    ...(stream && { stream }),
  };
  const onReplay = stream && ((answer: Uint8Array) => fenceReplayedFork(answer, segmentId, stream));
  return answerOnce({ method, requestId, request: bytes, ...(onReplay && { onReplay }) }, encodeAppendResponse, (remember) =>
    deps.store.append(params, remember),
  );
}

/** A fork fences what is behind it, also where it is answered again. */
function fenceReplayedFork(answer: Uint8Array, segmentId: SegmentId, stream: NonNullable<AppendParams["stream"]>): void {
  if (fromBinary(AppendResponseSchema, answer).forked) stream.fence.close(segmentId, stream.unit);
}
