import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Entry, EntrySchema, SegmentStartSchema } from "../../gen/seglog/v1/entry_pb.js";
import type { Limits } from "../model/limits.js";
import { openingOfCopiedState } from "../model/opening.js";
import { openingStateOf } from "../model/opening-state.js";

/**
 * A start as an import sends it: by itself where it is within the limit of an entry, otherwise followed
 * by entries of kind `opening_history`, all with its time. Any other entry is given as it is.
 *
 * @throws SeglogError ENTRY_TOO_LARGE where prompt and config, or one item, pass the limit
 */
export function splitStart(entry: Entry, limits: Pick<Limits, "entryBytesMax">): Entry[] {
  if (entry.kind.case !== "segmentStart") return [entry];
  if (toBinary(EntrySchema, entry).length <= limits.entryBytesMax) return [entry];
  const start = entry.kind.value;
  const state = openingStateOf(SegmentStartSchema, toBinary(SegmentStartSchema, start));
  const { sessionId, forkedFrom, compactedFrom } = start;
  const opening = { sessionId, forkedFrom, compactedFrom, ...state };
  const parts = openingOfCopiedState(opening, limits).map(({ bytes }) => fromBinary(EntrySchema, bytes));
  for (const part of parts) if (entry.time !== undefined) part.time = entry.time;
  return parts;
}
