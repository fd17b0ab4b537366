import type { TraceEntry } from "../../../gen/seglog/v1/segment_service_pb.js";
import { oneLine } from "../one-line.js";
import { timeText } from "../time-text.js";

/** A record of a trace as one line for people: index, time, turn, model call, and what it says. */
export function traceEntryLine(index: bigint, { time, turn, llmCall, payload }: TraceEntry): string {
  const call = llmCall === undefined ? "" : `call ${llmCall}`;
  const where = `turn ${String(turn).padEnd(3)}  ${call.padEnd(8)}`;
  return `${String(index).padStart(5)}  ${timeText(time)}  ${where}  ${oneLine(payloadText(payload))}`.trimEnd();
}

function payloadText(payload: TraceEntry["payload"]): string {
  switch (payload.case) {
    case "streamEventJson":
      return `event ${payload.value}`;
    case "lifecycle":
      return [payload.value.label, payload.value.dataJson ?? ""].filter((text) => text !== "").join(" ");
    case undefined:
      return "of an unknown kind";
    default:
      return payload satisfies never;
  }
}
