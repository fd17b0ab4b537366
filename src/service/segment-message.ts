import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Segment, SegmentSchema, type Session, SessionSchema } from "../../gen/seglog/v1/segment_pb.js";
import type { SegmentInfo, SessionInfo } from "../store/segment-info.js";

/** A segment as the contract describes it. */
export function segmentMessage(info: SegmentInfo): Segment {
  return create(SegmentSchema, {
    segmentId: info.segmentId,
    sessionId: info.sessionId,
    entryCount: BigInt(info.entryCount),
    headPosition: BigInt(info.headPosition),
    turnCount: info.turnCount,
    lastRunInterrupted: info.lastRunInterrupted,
    byteSize: BigInt(info.byteSize),
    createTime: timestampFromMs(info.createMs),
    updateTime: timestampFromMs(info.updateMs),
    ...(info.forkedFrom && { forkedFrom: info.forkedFrom }),
    ...(info.compactedFrom && { compactedFrom: info.compactedFrom }),
    ...(info.base && { base: { segmentId: info.base.segmentId, entryCount: BigInt(info.base.entryCount) } }),
  });
}

/** A session as the contract describes it. */
export function sessionMessage(info: SessionInfo): Session {
  return create(SessionSchema, {
    sessionId: info.sessionId,
    createTime: timestampFromMs(info.createMs),
    updateTime: timestampFromMs(info.updateMs),
    segmentCount: BigInt(info.segmentCount),
    entryCount: BigInt(info.entryCount),
    headSegmentId: info.headSegmentId ?? "",
    namespaceId: info.namespace,
  });
}
