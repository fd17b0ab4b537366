import type { SegmentOrigin } from "../../gen/seglog/v1/entry_pb.js";
import type { Segment } from "../../gen/seglog/v1/segment_pb.js";
import { counted } from "./count-text.js";

/** Where a segment came from, in words; `-` where it came from none. */
export function originText({ forkedFrom, compactedFrom, base }: Pick<Segment, "forkedFrom" | "compactedFrom" | "base">): string {
  const inherits = base === undefined ? [] : [`inherits ${counted(base.entryCount, "entry")}`];
  const origins = [...told("fork of", forkedFrom), ...told("compaction of", compactedFrom), ...inherits];
  return origins.length === 0 ? "-" : origins.join(", ");
}

function told(what: string, origin: SegmentOrigin | undefined): string[] {
  return origin === undefined ? [] : [`${what} ${origin.segmentId} at turn ${origin.atTurn}`];
}
