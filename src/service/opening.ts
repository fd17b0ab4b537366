import { StartStateSchema } from "../../gen/seglog/v1/segment_pb.js";
import type { SessionId } from "../model/id.js";
import type { NewEntry } from "../model/new-entry.js";
import { openingOfFork, openingOfState } from "../model/opening.js";
import { openingStateOf } from "../model/opening-state.js";
import type { Origin } from "../store/segment-info.js";
import type { ForkOpening } from "../store/store-writes.js";
import type { ServiceDeps } from "./deps.js";

/** Where a segment with a state of its own came from. */
interface Lineage {
  readonly forkedFrom?: Origin;
  readonly compactedFrom?: Origin;
}

/**
 * The opening of a segment whose state its writer gives.
 *
 * @param state a validated `seglog.v1.StartState`
 * @throws SeglogError ENTRY_TOO_LARGE
 */
export function openingOf(
  deps: ServiceDeps,
  sessionId: SessionId,
  state: Uint8Array | undefined,
  lineage: Lineage = {},
): readonly NewEntry[] {
  const opening = state === undefined ? { history: [] } : openingStateOf(StartStateSchema, state);
  return [openingOfState({ sessionId, ...opening, ...lineage }, deps.limits)];
}

/**
 * An opening for when session and origin are known only in the transaction, and whether it is wanted at all.
 *
 * @returns what makes it; it throws SeglogError ENTRY_TOO_LARGE
 */
export function openingOnceKnown(
  deps: ServiceDeps,
  state: Uint8Array | undefined,
  field: "forkedFrom" | "compactedFrom",
): (sessionId: SessionId, origin: Origin) => readonly NewEntry[] {
  return (sessionId, origin) => openingOf(deps, sessionId, state, { [field]: origin });
}

/** The opening of a fork by reference. */
export const forkOpening: ForkOpening = openingOfFork;
