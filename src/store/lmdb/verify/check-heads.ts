import { isSeglogError } from "../../../model/errors.js";
import { idBytes, segmentIdAt } from "../../../model/id.js";
import { key, keyAfter, TABLE } from "../tables/keys.js";
import { isSegmentOfNamespace } from "../tables/namespaces.js";
import type { SegmentHead } from "../tables/segment-heads.js";
import { recordHolding, startAtOrBelow } from "../tables/segment-index.js";
import { readSession } from "../tables/sessions.js";
import { hasTrace } from "../tables/traces.js";
import type { Check } from "./check.js";
import { reading } from "./reading.js";
import { differences, stateBehind } from "./state-behind.js";
import type { StoreView } from "./store-view.js";

const HEADS = key(TABLE.segmentHeads);

/** Heads: each is as its last record leaves it, and belongs to a session that has it. The newest first. */
export function checkHeads(check: Check, view: StoreView): void {
  let seen = 0;
  for (const found of view.reader.range({ start: keyAfter(HEADS), end: HEADS, reverse: true })) {
    if (seen++ === view.scope.headsMax) {
      check.limit = `the newest ${view.scope.headsMax}`;
      return;
    }
    check.looked();
    const head = view.headOf(segmentIdAt(found.key, 1));
    if (typeof head !== "object") continue;
    checkSession(check, view, head);
    if (view.isGoing(head)) continue;
    checkEnd(check, view, head);
    const isTraceThere = head.traceByteSize === 0 || hasTrace(view.reader, head.segmentId);
    check.hold(isTraceThere, `says that it has a trace of ${head.traceByteSize} bytes, and there is none`, { segmentId: head.segmentId });
  }
}

function checkSession(check: Check, view: StoreView, { segmentId, sessionId, namespace }: SegmentHead): void {
  const { reader, purges } = view;
  const isMember = reader.get(key(TABLE.membership, idBytes(sessionId), idBytes(segmentId))) !== undefined;
  check.hold(isMember, "is not among the segments of its session", { segmentId });
  const isListed = !view.hasNamespaces || isSegmentOfNamespace(reader, namespace, segmentId);
  check.hold(isListed, "is not among the segments of its namespace", { segmentId });
  const isBeingRemoved = purges.some((purge) => purge.type === "session" && purge.sessionId === sessionId);
  if (isBeingRemoved) return;
  const session = reading(check, { segmentId }, () => readSession(reader, sessionId) ?? ("missing" as const));
  check.hold(session !== "missing", "is of a session that is not there", { segmentId });
}

function checkEnd(check: Check, { reader, purges }: StoreView, head: SegmentHead): void {
  const { segmentId, entryCount } = head;
  if (!check.hold(entryCount > 0 && head.openingCount <= entryCount, `says entry count ${entryCount}`, { segmentId })) return;
  try {
    const last = recordHolding(reader, segmentId, entryCount - 1);
    for (const difference of differences(head, stateBehind(last).state)) check.find(difference, { segmentId });
    const isBeingCut = purges.some((purge) => purge.type === "tail" && purge.segmentId === segmentId);
    const end = startAtOrBelow(reader, segmentId, Number.MAX_SAFE_INTEGER)?.index ?? 0;
    check.hold(isBeingCut || end < entryCount, `says entry count ${entryCount}, and a record begins at ${end}`, { segmentId });
  } catch (error) {
    if (!isSeglogError(error, "CHECKSUM_MISMATCH")) throw error;
    const index = startAtOrBelow(reader, segmentId, entryCount - 1)?.index;
    check.find("has no intact last record", { segmentId, index: index ?? entryCount - 1 });
  }
}
