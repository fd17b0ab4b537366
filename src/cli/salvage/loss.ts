import { jsonLine } from "../json-line.js";

/** Something of a damaged store that could not be saved. */
export interface Loss {
  readonly sessionId: string | undefined;
  readonly segmentId: string | undefined;
  /** Of the log, or of the trace. */
  readonly of: "log" | "trace" | "file";
  /** The first index that is lost; undefined where no index is meant. */
  readonly from: number | undefined;
  /** The one behind the last; undefined where nobody knows. */
  readonly to: number | undefined;
  readonly reason: string;
}

/** A loss as one line for people. */
export function lossText({ segmentId, of, from, to, reason }: Loss): string {
  if (segmentId === undefined) return `${of}: ${reason}`;
  const place = from === undefined ? "" : to === undefined ? ` from ${from} on` : to === from + 1 ? ` ${from}` : ` ${from} to ${to - 1}`;
  return `segment ${segmentId}, ${of}${place}: ${reason}`;
}

/** A loss as one JSON object. */
export function lossLine({ sessionId, segmentId, of, from, to, reason }: Loss): string {
  return jsonLine({
    sessionId: sessionId ?? null,
    segmentId: segmentId ?? null,
    of,
    fromIndex: from === undefined ? null : String(from),
    toIndex: to === undefined ? null : String(to),
    reason,
  });
}
