import { AppendTraceRequestSchema, AppendTraceResponseSchema, TraceEntrySchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { entryTooLarge } from "../model/errors.js";
import { parseSegmentId } from "../model/id.js";
import { decodeRequest } from "../model/wire/decode-request.js";
import { fieldOccurrences } from "../model/wire/field-occurrences.js";
import type { ServiceDeps } from "./deps.js";
import { encode } from "./encode.js";

const ENTRIES = AppendTraceRequestSchema.field.entries.number;
const TIME = TraceEntrySchema.field.time.number;

/** Appends to a segment's debug trace. */
export async function appendTrace(deps: ServiceDeps, bytes: Uint8Array): Promise<Uint8Array> {
  const request = decodeRequest(AppendTraceRequestSchema, bytes);
  const segmentId = parseSegmentId(request.segmentId);
  const { entryBytesMax } = deps.limits;
  const entries = [...fieldOccurrences(bytes, ENTRIES)].map((entry, i) => {
    if (entry.length > entryBytesMax) throw entryTooLarge(`entries[${i}]`, entry.length, entryBytesMax);
    return { bytes: entry, hasTime: [...fieldOccurrences(entry, TIME)].length > 0 };
  });
  const entryCount = await deps.store.appendTrace(segmentId, entries);
  return encode(AppendTraceResponseSchema, { entryCount: BigInt(entryCount) });
}
