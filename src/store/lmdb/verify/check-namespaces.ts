import { ID_BYTES, segmentIdAt, sessionIdAt } from "../../../model/id.js";
import { under } from "../engine.js";
import { key, TABLE } from "../tables/keys.js";
import { isSessionOfNamespace } from "../tables/namespaces.js";
import { readSession } from "../tables/sessions.js";
import type { Check } from "./check.js";
import { reading } from "./reading.js";
import type { StoreView } from "./store-view.js";

/** The kind in a key, behind the name and its end. */
const OF_SEGMENT = 0;

/** Namespaces: every segment and session that one lists is there and in it, and every session is listed. For segments, their heads' check sees to that. */
export function checkNamespaces(check: Check, view: StoreView): void {
  const { reader } = view;
  for (const { key: found } of reader.range(under(key(TABLE.namespaces)))) {
    check.looked();
    const idAt = found.length - ID_BYTES;
    const namespace = found.toString("latin1", 1, idAt - 2);
    if (found[idAt - 1] === OF_SEGMENT) checkSegment(check, view, { found, idAt, namespace });
    else {
      const session = reading(check, {}, () => readSession(reader, sessionIdAt(found, idAt)));
      check.hold(session?.namespace === namespace, `lists session ${sessionIdAt(found, idAt)}, which is not in it`);
    }
  }
  for (const { key: found } of reader.range(under(key(TABLE.sessions)))) {
    const sessionId = sessionIdAt(found, 1);
    const session = reading(check, {}, () => readSession(reader, sessionId));
    if (session !== undefined) check.hold(isSessionOfNamespace(reader, session.namespace, sessionId), `does not list session ${sessionId}`);
  }
}

function checkSegment(
  check: Check,
  view: StoreView,
  { found, idAt, namespace }: { readonly found: Buffer; readonly idAt: number; readonly namespace: string },
): void {
  const segmentId = segmentIdAt(found, idAt);
  const head = view.headOf(segmentId);
  if (head === "damaged") return;
  check.hold(head !== "missing" && head.namespace === namespace, "lists a segment that is not in it", { segmentId });
}
