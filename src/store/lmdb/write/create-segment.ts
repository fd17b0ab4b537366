import type { CompactSegmentParams, CreateSegmentParams } from "../../store-writes.js";
import type { SegmentHead } from "../tables/segment-heads.js";
import type { Transaction } from "../transaction.js";
import { checkPrecondition, segmentToWrite } from "./live-segment.js";
import { addSegment, checkNewSegment } from "./new-segment.js";

/** Creates a segment with a state of its own. See SegmentStore.createSegment. */
export function createSegment(tx: Transaction, params: CreateSegmentParams): SegmentHead {
  checkNewSegment(tx, params, params.session);
  return addSegment(tx, { ...params, entries: params.opening, depth: 0 });
}

/** Creates a segment that stands for a sibling in shorter form. See SegmentStore.compactSegment. */
export function compactSegment(tx: Transaction, params: CompactSegmentParams): SegmentHead {
  const source = segmentToWrite(tx, params.sourceId);
  checkPrecondition(source, params.precondition);
  const { sessionId } = source;
  const { segmentId } = params;
  checkNewSegment(tx, { sessionId, segmentId }, "existing");
  const compactedFrom = { segmentId: source.segmentId, atTurn: params.atTurn ?? source.turnCount };
  const entries = params.opening(sessionId, compactedFrom);
  return addSegment(tx, { sessionId, segmentId, entries, compactedFrom, depth: 0 });
}
