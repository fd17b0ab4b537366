import { ID_BYTES, idBytes, segmentIdAt } from "../../../model/id.js";
import { under } from "../engine.js";
import { key, TABLE } from "../tables/keys.js";
import type { SegmentHead } from "../tables/segment-heads.js";
import type { Check } from "./check.js";
import type { StoreView } from "./store-view.js";

/** Bases and dependents: every base is there and long enough, and keeps its forks in mind, which keep it from being cut. */
export function checkDependents(check: Check, view: StoreView): void {
  for (const found of view.reader.range(under(key(TABLE.dependents)))) {
    check.looked();
    const segmentId = segmentIdAt(found.key, 1 + ID_BYTES + 8);
    const fork = view.headOf(segmentId);
    if (fork === "missing") check.find("speaks of a fork that is not there", { segmentId });
    if (typeof fork !== "object") continue;
    const isItsBase =
      fork.base?.segmentId === segmentIdAt(found.key, 1) && BigInt(fork.base.entryCount) === found.key.readBigUInt64BE(1 + ID_BYTES);
    check.hold(isItsBase, "speaks of a fork that has another base", { segmentId });
  }
  for (const head of intactHeads(view)) checkBase(check, view, head);
}

function checkBase(check: Check, view: StoreView, { segmentId, base, sessionId, depth }: SegmentHead): void {
  if (base === undefined) {
    check.hold(depth === 0, `has a depth of ${depth} and no base`, { segmentId });
    return;
  }
  const place = { segmentId, index: 0 };
  const isNoted = view.reader.get(key(TABLE.dependents, idBytes(base.segmentId), base.entryCount, idBytes(segmentId))) !== undefined;
  check.hold(isNoted, `is a fork that its base ${base.segmentId} does not know of`, place);
  const head = view.headOf(base.segmentId);
  if (head === "damaged") return;
  if (head === "missing") check.find(`has the base ${base.segmentId}, which is not there`, place);
  else {
    check.hold(head.sessionId === sessionId, `has the base ${base.segmentId} of another session`, place);
    check.hold(
      head.entryCount >= base.entryCount,
      `inherits ${base.entryCount} entries of ${base.segmentId}, which has ${head.entryCount}`,
      place,
    );
    check.hold(head.depth + 1 === depth, `has a depth of ${depth}, and its base one of ${head.depth}`, place);
  }
}

/** A segment that is being removed needs its base no longer. */
function* intactHeads(view: StoreView): Iterable<SegmentHead> {
  for (const segmentId of headIds(view)) {
    const head = view.headOf(segmentId);
    if (typeof head === "object" && !view.isGoing(head)) yield head;
  }
}

function* headIds({ reader }: StoreView) {
  for (const found of reader.range(under(key(TABLE.segmentHeads)))) yield segmentIdAt(found.key, 1);
}
