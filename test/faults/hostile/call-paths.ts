import { callHeaders } from "../../../bench/load/http2-frames.js";
import { SegmentService } from "../../../gen/seglog/v1/segment_service_pb.js";

/** Path of a method of SegmentService. */
export function pathOf(method: keyof typeof SegmentService.method): string {
  return `/${SegmentService.typeName}/${SegmentService.method[method].name}`;
}

/** Encoded headers of a call of it. */
export function headersOf(method: keyof typeof SegmentService.method): Buffer {
  return callHeaders(pathOf(method));
}
