import type { TailResponse } from "../../../gen/seglog/v1/segment_service_pb.js";
import { counted } from "../count-text.js";
import type { LogDrawing } from "../draw/log-drawing.js";
import type { AskedTail } from "./tail-request.js";

/** One message of a tail for people; where several segments are followed, their entries are told apart by headings. */
export function drawnLines({ event }: TailResponse, drawing: LogDrawing, scope: AskedTail["scope"]["case"]): string[] {
  switch (event.case) {
    case "entries":
      return event.value.batches.flatMap(({ sessionId, segmentId, entries }) => {
        const of = { segmentId, ...headingOf({ sessionId, segmentId }, scope) };
        return entries.flatMap((entry) => drawing.entryLines(entry, of));
      });
    case "segmentTruncated":
      return drawing.eventLines(`segment ${event.value.segmentId} was cut back to ${counted(event.value.entryCount, "entry")}`);
    case "segmentDeleted":
      return drawing.eventLines(`segment ${event.value.segmentId} was deleted`);
    case "sessionDeleted":
      return drawing.eventLines(`session ${event.value.sessionId} was deleted`);
    case "caughtUp":
    case "heartbeat":
    case undefined:
      return [];
    default:
      return event satisfies never;
  }
}

function headingOf(
  { sessionId, segmentId }: { readonly sessionId: string; readonly segmentId: string },
  scope: AskedTail["scope"]["case"],
): { readonly heading?: string } {
  if (scope === "segmentId") return {};
  return { heading: scope === "sessionId" ? `segment ${segmentId}` : `segment ${segmentId} of session ${sessionId}` };
}
