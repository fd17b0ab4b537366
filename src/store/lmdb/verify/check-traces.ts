import { TraceEntrySchema } from "../../../../gen/seglog/v1/segment_service_pb.js";
import { isSeglogError } from "../../../model/errors.js";
import { type SegmentId, segmentIdAt } from "../../../model/id.js";
import { validateMessage } from "../../../model/wire/validate-message.js";
import { under } from "../engine.js";
import { key, lastNumber, TABLE } from "../tables/keys.js";
import { decodeTraceUnit } from "../tables/traces.js";
import type { Check } from "./check.js";
import { reading } from "./reading.js";
import type { StoreView } from "./store-view.js";

/** Traces: checksums, records that follow each other from 0 on, and a segment that they are of. */
export function checkTraces(check: Check, view: StoreView): void {
  let last: { readonly segmentId: SegmentId; readonly end: number | undefined } | undefined;
  for (const found of view.reader.range(under(key(TABLE.traces)))) {
    check.looked();
    const segmentId = segmentIdAt(found.key, 1);
    const index = lastNumber(found.key);
    const place = { segmentId, index };
    const head = view.headOf(segmentId);
    check.hold(head !== "missing", "is a trace of a segment that is not there", place);
    const isGoing = typeof head === "object" && view.isGoing(head);
    const expected = last?.segmentId === segmentId ? last.end : isGoing ? undefined : 0;
    if (expected !== undefined) check.hold(index === expected, `begins at ${index}, and ${expected} would be next`, place);
    const unit = reading(check, place, () => decodeTraceUnit(segmentId, found));
    last = { segmentId, end: unit && unit.firstIndex + unit.entries.length };
    if (!view.scope.replays || unit === undefined) continue;
    for (const [offset, entry] of unit.entries.entries()) {
      check.hold(isOfContract(entry), "is not of the contract", { segmentId, index: index + offset });
    }
  }
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
