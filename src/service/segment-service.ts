import { SegmentService } from "../../gen/seglog/v1/segment_service_pb.js";
import { draining } from "../model/errors.js";
import { append } from "./append.js";
import { appendStream } from "./append-stream.js";
import { appendTrace } from "./append-trace.js";
import { compactSegment } from "./compact-segment.js";
import { createSegment } from "./create-segment.js";
import { deleteSegment } from "./delete-segment.js";
import { deleteSession } from "./delete-session.js";
import type { ServiceDeps } from "./deps.js";
import { ensureHeadOrFork } from "./ensure-head-or-fork.js";
import { forkSegment } from "./fork-segment.js";
import { forkSession } from "./fork-session.js";
import { getSegment } from "./get-segment.js";
import { getSession } from "./get-session.js";
import { getStatus } from "./get-status.js";
import { importSegment } from "./import-segment.js";
import { listSegments } from "./list-segments.js";
import { listSessions } from "./list-sessions.js";
import { readEntries } from "./read-entries.js";
import { readTrace } from "./read-trace.js";
import { restoreSegment } from "./restore-segment.js";
import { saveDelta } from "./save-delta.js";
import { seenByCaller } from "./seen-by-caller.js";
import { tail } from "./tail.js";
import { truncateSegment } from "./truncate-segment.js";

/** The use cases behind SegmentService, by the name of their method; each sees what its caller may. */
export const segmentService = seenByCaller({
  createSegment,
  compactSegment,
  forkSegment,
  forkSession,
  ensureHeadOrFork,
  append,
  appendStream,
  saveDelta,
  truncateSegment,
  deleteSegment,
  deleteSession,
  importSegment,
  restoreSegment,
  readEntries,
  tail,
  getSegment,
  getSession,
  listSegments,
  listSessions,
  appendTrace,
  readTrace,
  getStatus,
} as const);

/**
 * Lets a call in; only its status is told of a daemon on its way down.
 *
 * @throws SeglogError DRAINING
 */
export function admitCall({ stopping }: ServiceDeps, method: string): void {
  if (stopping.aborted && method !== SegmentService.method.getStatus.name) throw draining();
}
