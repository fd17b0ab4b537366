import { TraceEntrySchema } from "../../../../gen/seglog/v1/segment_service_pb.js";
import { isSeglogError } from "../../../model/errors.js";
import { type SegmentId, segmentIdAt } from "../../../model/id.js";
import { validateMessage } from "../../../model/wire/validate-message.js";
import { under } from "../engine.js";
import { key, lastNumber, TABLE } from "../tables/keys.js";
import type { SegmentHead } from "../tables/segment-heads.js";
import { decodeTraceUnit } from "../tables/traces.js";
import type { Check } from "./check.js";
import { reading } from "./reading.js";
import type { StoreView } from "./store-view.js";

/** Traces: checksums, records that follow each other from 0 on, a segment that they are of, and as many bytes as it says. */
export function checkTraces(check: Check, view: StoreView): void {
  let trace: TraceSeen | undefined;
  for (const found of view.reader.range(under(key(TABLE.traces)))) {
    check.looked();
    const segmentId = segmentIdAt(found.key, 1);
    const index = lastNumber(found.key);
    const place = { segmentId, index };
    if (trace?.segmentId !== segmentId) {
      checkBytes(check, trace);
      trace = traceOf(view, segmentId);
      check.hold(trace.head !== "missing", "is a trace of a segment that is not there", place);
    }
    const { end } = trace;
    const follows = end === undefined || check.hold(index === end, `begins at ${index}, and ${end} would be next`, place);
    const unit = reading(check, place, () => decodeTraceUnit(segmentId, found));
    trace.isWhole &&= follows && unit !== undefined;
    trace.end = unit && unit.firstIndex + unit.entries.length;
    for (const [offset, entry] of (unit?.entries ?? []).entries()) {
      trace.bytes += entry.length;
      if (view.scope.replays) check.hold(isOfContract(entry), "is not of the contract", { segmentId, index: index + offset });
    }
  }
  checkBytes(check, trace);
}

/** What was seen of a trace. */
interface TraceSeen {
  readonly segmentId: SegmentId;
  readonly head: SegmentHead | "missing" | "damaged";
  /** Where the next record has to begin, where that is known. */
  end: number | undefined;
  /** Whether nothing of it is missing or damaged as far as it was seen. */
  isWhole: boolean;
  bytes: number;
}

function traceOf(view: StoreView, segmentId: SegmentId): TraceSeen {
  const head = view.headOf(segmentId);
  const isGoing = typeof head === "object" && view.isGoing(head);
  return { segmentId, head, end: isGoing ? undefined : 0, isWhole: !isGoing, bytes: 0 };
}

/** What is missing or damaged was told by itself. */
function checkBytes(check: Check, trace: TraceSeen | undefined): void {
  if (trace === undefined || typeof trace.head !== "object" || !trace.isWhole) return;
  const { segmentId, bytes } = trace;
  const { traceByteSize } = trace.head;
  check.hold(bytes === traceByteSize, `has ${bytes} bytes, and its segment says ${traceByteSize}`, { segmentId });
}

function isOfContract(entry: Uint8Array): boolean {
  try {
    validateMessage(TraceEntrySchema, entry);
    return true;
  } catch (error) {
    if (isSeglogError(error)) return false;
    throw error;
  }
}
