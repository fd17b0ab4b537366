import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { ReadTraceRequestSchema, ReadTraceResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { parseSegmentId } from "../model/id.js";
import { RESPONSE_BYTES } from "../model/limits.js";
import { decodeRequest } from "../model/wire/decode-request.js";
import type { ServiceDeps } from "./deps.js";
import type { CallContext } from "./handlers.js";

const ENTRIES = ReadTraceResponseSchema.field.entries.number;

/** Reads a segment's debug trace, as far as it went when the call came to each page. */
export async function* readTrace(deps: ServiceDeps, bytes: Uint8Array, call: CallContext): AsyncIterable<Uint8Array> {
  const request = decodeRequest(ReadTraceRequestSchema, bytes);
  const segmentId = parseSegmentId(request.segmentId);
  let fromIndex = capped(request.fromIndex);
  let left = request.limit === 0n ? Number.MAX_SAFE_INTEGER : capped(request.limit);
  while (left > 0 && !call.signal.aborted) {
    const page = await deps.store.readTrace({ segmentId, fromIndex, limit: left, bytesMax: RESPONSE_BYTES });
    if (page.entries.length === 0) return;
    yield response(page.entries);
    fromIndex += page.entries.length;
    left -= page.entries.length;
  }
}

function response(entries: readonly Uint8Array[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const entry of entries) writer.tag(ENTRIES, WireType.LengthDelimited).bytes(entry);
  return writer.finish();
}

/** No trace has so many records that a number beyond 2^53 says something else. */
function capped(value: bigint): number {
  return Math.min(Number(value), Number.MAX_SAFE_INTEGER);
}
