import { ID_BYTES, segmentIdAt, sessionIdAt } from "../../../model/id.js";
import { under } from "../engine.js";
import { key, TABLE } from "../tables/keys.js";
import type { Check } from "./check.js";
import type { StoreView } from "./store-view.js";

/** Membership: every segment that a session lists is there and is its own. That every segment is listed, its head's check sees. */
export function checkMembership(check: Check, view: StoreView): void {
  for (const found of view.reader.range(under(key(TABLE.membership)))) {
    check.looked();
    const segmentId = segmentIdAt(found.key, 1 + ID_BYTES);
    const head = view.headOf(segmentId);
    if (head === "missing") check.find("lists a segment that is not there", { segmentId });
    else if (head !== "damaged")
      check.hold(head.sessionId === sessionIdAt(found.key, 1), "lists a segment of another session", { segmentId });
  }
}
