import type { RestoredState } from "../../gen/seglog/v1/segment_pb.js";
import { mergeStateParts } from "./restore-state.js";
import type { SegmentClient } from "./segment-client.js";
import { Writer, type WriterOptions } from "./writer.js";

/** A segment that is gone on with. */
export interface Resumed {
  /** What its log replays to. */
  readonly state: RestoredState;
  /** Writes behind exactly that. */
  readonly writer: Writer;
}

/**
 * Restores a segment, as after a crash, and gives a writer that goes on behind what was restored: where somebody else
 * writes meanwhile, that is a conflict.
 *
 * @throws SegmentClientError SEGMENT_NOT_FOUND; SEGMENT_CHANGED where it is cut back or deleted meanwhile
 */
export async function resume(client: SegmentClient, segmentId: string, options: WriterOptions = {}): Promise<Resumed> {
  const call = options.signal === undefined ? {} : { signal: options.signal };
  const { segment } = await client.getSegment({ segmentId }, call);
  if (segment === undefined) throw new TypeError("the daemon answered without a segment");
  const until = { case: "entryCount" as const, value: segment.entryCount };
  const state = await mergeStateParts(client.restoreSegment({ segmentId, until }, call));
  return { state, writer: new Writer(client, segment, options) };
}
