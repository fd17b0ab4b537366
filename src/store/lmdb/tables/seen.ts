import type { SegmentId, SessionId } from "../../../model/id.js";
import { sees } from "../../../model/namespace.js";
import { BrokenSealError } from "../values/sealed.js";
import type { View } from "../view.js";
import { isSegmentOfNamespace, isSessionOfNamespace } from "./namespaces.js";
import { readHead, type SegmentHead } from "./segment-heads.js";
import { readSession, type SessionRecord } from "./sessions.js";

/*
 * What a caller asks for is looked up here, and what lies outside the caller's namespace is not there. That goes for damage
 * too: whose a value is that fails its checksum, the rows of the namespace know.
 */

/** The head of a segment that a caller sees, whether the segment is being removed or not: see liveHead in purges.ts. */
export function seenHead(view: View, segmentId: SegmentId): SegmentHead | undefined {
  const { sight } = view;
  const head = unlessOfOthers(
    () => readHead(view, segmentId),
    () => sight.seesAll || isSegmentOfNamespace(view, sight.namespace, segmentId),
  );
  return head !== undefined && sees(sight, head.namespace) ? head : undefined;
}

/** A session that a caller sees. */
export function seenSession(view: View, sessionId: SessionId): SessionRecord | undefined {
  const { sight } = view;
  const session = unlessOfOthers(
    () => readSession(view, sessionId),
    () => sight.seesAll || isSessionOfNamespace(view, sight.namespace, sessionId),
  );
  return session !== undefined && sees(sight, session.namespace) ? session : undefined;
}

function unlessOfOthers<T>(read: () => T | undefined, isOwn: () => boolean): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof BrokenSealError && !isOwn()) return undefined;
    throw error;
  }
}
