import { sessionIdAt } from "../../../model/id.js";
import { under } from "../engine.js";
import { key, TABLE } from "../tables/keys.js";
import { isSessionOfNamespace, type NamespaceRow, namespaceRowAt } from "../tables/namespaces.js";
import { readSession } from "../tables/sessions.js";
import type { Check } from "./check.js";
import { reading } from "./reading.js";
import type { StoreView } from "./store-view.js";

/** Namespaces: every segment and session that one lists is there and in it, and every session is listed. For segments, their heads' check sees to that. */
export function checkNamespaces(check: Check, view: StoreView): void {
  const { reader } = view;
  for (const { key: found } of reader.range(under(key(TABLE.namespaces)))) {
    check.looked();
    checkRow(check, view, namespaceRowAt(found));
  }
  for (const { key: found } of reader.range(under(key(TABLE.sessions)))) {
    const sessionId = sessionIdAt(found, 1);
    const session = reading(check, {}, () => readSession(reader, sessionId));
    if (session !== undefined) check.hold(isSessionOfNamespace(reader, session.namespace, sessionId), `does not list session ${sessionId}`);
  }
}

function checkRow(check: Check, view: StoreView, row: NamespaceRow): void {
  if (row.type === "session") {
    const session = reading(check, {}, () => readSession(view.reader, row.sessionId));
    check.hold(session?.namespace === row.namespace, `lists session ${row.sessionId}, which is not in it`);
    return;
  }
  const { segmentId } = row;
  const head = view.headOf(segmentId);
  if (head === "damaged") return;
  check.hold(head !== "missing" && head.namespace === row.namespace, "lists a segment that is not in it", { segmentId });
}
