import { create, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { TraceEntrySchema } from "../../gen/seglog/v1/segment_service_pb.js";

/** A trace record with a time put behind its bytes. */
export function withTraceTime(entry: Uint8Array, timeMs: number): Uint8Array {
  const time = toBinary(TraceEntrySchema, create(TraceEntrySchema, { time: timestampFromMs(timeMs) }));
  const whole = new Uint8Array(entry.length + time.length);
  whole.set(entry);
  whole.set(time, entry.length);
  return whole;
}
