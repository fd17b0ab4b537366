import { EntrySchema } from "../../../gen/seglog/v1/entry_pb.js";
import {
  CaughtUpSchema,
  HeartbeatSchema,
  SegmentDeletedSchema,
  SegmentTruncatedSchema,
  SessionDeletedSchema,
  type TailResponse,
} from "../../../gen/seglog/v1/segment_service_pb.js";
import { jsonLine, messageJson } from "../json-line.js";

/**
 * One message of a tail as JSON, a line an entry or event. Only the last line has `resumeToken` and
 * `position`: whoever has dealt with that one has dealt with all of the message.
 */
export function jsonLines({ event, resumeToken, position }: TailResponse): string[] {
  const lines = eventObjects(event);
  const last = { ...(lines.pop() ?? { event: "unknown" }), position: String(position), resumeToken };
  return [...lines, last].map(jsonLine);
}

function eventObjects(event: TailResponse["event"]): object[] {
  switch (event.case) {
    case "entries":
      return event.value.batches.flatMap(({ sessionId, segmentId, entries }) =>
        entries.map((entry) => ({ event: "entry", sessionId, segmentId, entry: messageJson(EntrySchema, entry) })),
      );
    case "segmentTruncated":
      return [{ event: event.case, [event.case]: messageJson(SegmentTruncatedSchema, event.value) }];
    case "segmentDeleted":
      return [{ event: event.case, [event.case]: messageJson(SegmentDeletedSchema, event.value) }];
    case "sessionDeleted":
      return [{ event: event.case, [event.case]: messageJson(SessionDeletedSchema, event.value) }];
    case "caughtUp":
      return [{ event: event.case, [event.case]: messageJson(CaughtUpSchema, event.value) }];
    case "heartbeat":
      return [{ event: event.case, [event.case]: messageJson(HeartbeatSchema, event.value) }];
    case undefined:
      return [];
    default:
      return event satisfies never;
  }
}
