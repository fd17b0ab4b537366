import { parseSegmentId, parseSessionId, type SegmentId, type SessionId } from "../model/id.js";
import type { ServiceDeps } from "./deps.js";

/** The id that a caller chose for a new segment, or a new one. */
export function chosenSegmentId(deps: ServiceDeps, id: string | undefined, path: string): SegmentId {
  return parseSegmentId(id ?? deps.newId(), path);
}

/** The id that a caller chose for a session, or a new one. */
export function chosenSessionId(deps: ServiceDeps, id: string | undefined, path: string): SessionId {
  return parseSessionId(id ?? deps.newId(), path);
}
