import type { ClientContext } from "../with-client.js";
import type { Mirror } from "./mirror.js";
import type { MirrorCopy, Removal, SourceSegment } from "./mirror-copy.js";
import { type MirrorScope, segmentsIn, sessionsIn } from "./mirror-scope.js";
import { namedIds, notInSource } from "./not-in-source.js";

/** What a comparison of everything needs. */
export interface CompareOptions extends Removal {
  readonly source: ClientContext;
  readonly copy: MirrorCopy;
  readonly mirror: Mirror;
  readonly scope: MirrorScope;
  /** Is called before anything is changed. */
  readonly claim: () => Promise<void>;
  /** Is told how many segments have been dealt with. */
  readonly onCompared: (doneCount: number, totalCount: number) => void;
}

/**
 * Brings a whole copy to what its source is. What the source does not have goes first, then each segment is compared, bases
 * before those that are based on them. Where it is called again, segments that are known already are left out.
 *
 * @throws CommandError where the copy has what the source does not have, and that may not go
 */
export async function compareAll(options: CompareOptions): Promise<void> {
  const { source, copy, mirror, scope, mayRemove } = options;
  const there = await contentsOf(source, scope);
  const surplus = await surplusOf(copy, there);
  if (!mayRemove && surplus.sessions.length > 0) throw notInSource(copy.name, namedIds("sessions", surplus.sessions));
  if (!mayRemove && surplus.segments.length > 0) throw notInSource(copy.name, namedIds("segments", surplus.segments));
  await options.claim();

  for (const sessionId of surplus.sessions) await mirror.deleteSession(sessionId);
  for (const segmentId of surplus.segments) await mirror.deleteSegment(segmentId);
  let doneCount = 0;
  for (const segment of there.segments.values()) {
    if (!mirror.isKnown(segment.segmentId)) await mirror.sync(segment, { mayRemove });
    options.onCompared(++doneCount, there.segments.size);
  }
}

interface Contents {
  readonly sessions: ReadonlySet<string>;
  readonly segments: ReadonlyMap<string, SourceSegment>;
}

async function contentsOf(source: ClientContext, scope: MirrorScope): Promise<Contents> {
  const segments = new Map<string, SourceSegment>();
  // Not the whole messages: there may be very many.
  for await (const { sessionId, segmentId, base } of segmentsIn(source, scope)) {
    segments.set(segmentId, { sessionId, segmentId, base });
  }
  const sessions = new Set<string>();
  for await (const sessionId of sessionsIn(source, scope)) sessions.add(sessionId);
  return { sessions, segments };
}

/** What the copy has and the source has not. A segment in another session than at the source is one. */
async function surplusOf(
  copy: MirrorCopy,
  there: Contents,
): Promise<{ readonly sessions: readonly string[]; readonly segments: readonly string[] }> {
  const sessions: string[] = [];
  for await (const sessionId of copy.sessions()) if (!there.sessions.has(sessionId)) sessions.push(sessionId);
  const segments: string[] = [];
  for await (const { sessionId, segmentId } of copy.segments()) {
    const isOfSurplus = !there.sessions.has(sessionId);
    if (!isOfSurplus && there.segments.get(segmentId)?.sessionId !== sessionId) segments.push(segmentId);
  }
  return { sessions, segments };
}
