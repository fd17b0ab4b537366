import { TailEdge, type TailRequest } from "../../gen/seglog/v1/segment_service_pb.js";
import { invalidField, pastHead, segmentNotFound, sessionNotFound } from "../model/errors.js";
import { parseSegmentId, parseSessionId, type SegmentId } from "../model/id.js";
import type { Sight } from "../model/namespace.js";
import type { FeedEvent, FeedScope } from "../store/feed.js";
import type { SegmentStore } from "../store/segment-store.js";
import type { TailStart } from "../tail/follow.js";
import { badToken, decodeResumeToken, type ResumePoint } from "../tail/resume-token.js";

/** Where a tail begins, or the deletion that is all it has to say. */
export interface TailBeginning extends TailStart {
  /** Set where the scope was deleted behind the point that is resumed. */
  readonly deletion: FeedEvent | undefined;
}

/**
 * Finds where a tail begins.
 *
 * @throws SeglogError SESSION_NOT_FOUND, SEGMENT_NOT_FOUND, PAST_HEAD, BAD_RESUME_TOKEN, INVALID_FIELD
 */
export async function startOfTail(store: SegmentStore, storeId: string, request: TailRequest, sight: Sight): Promise<TailBeginning> {
  const { headPosition } = store;
  const resumed = request.start.case === "resumeToken" ? decodeResumeToken(request.start.value, storeId, sight) : undefined;
  const scope = resumed === undefined ? await scopeOf(store, request, sight) : resumedScope(request, resumed, sight);
  if (resumed !== undefined && resumed.position > headPosition) throw badToken("is ahead of the store");

  const from = resumed === undefined ? await pointOf(store, request, scope, headPosition) : resume(resumed.position);
  const { exists, deletion } = await store.fateOf(scope);
  if (!exists && (resumed === undefined || deletion === undefined)) throw notFound(scope);
  return {
    scope,
    afterPosition: from.afterPosition,
    // Who begins afresh is not told of what was cut off or deleted before.
    eventsAfterPosition: from.isResumed ? from.afterPosition : headPosition,
    headPosition,
    deletion: from.isResumed && (!exists || isBehind(deletion, from)) ? endOf(scope, deletion, headPosition) : undefined,
  };
}

function isBehind(deletion: FeedEvent | undefined, { afterPosition }: From): boolean {
  return deletion !== undefined && deletion.position > afterPosition;
}

/** A deletion that lies behind the head is not told yet: of the scope's own session it comes through the feed, of another one it never would. */
function endOf(scope: FeedScope, deletion: FeedEvent | undefined, headPosition: number): FeedEvent | undefined {
  if (deletion === undefined || deletion.position <= headPosition) return deletion;
  const isInFeed = "sessionId" in scope && deletion.sessionId === scope.sessionId;
  return isInFeed ? undefined : { ...deletion, position: headPosition };
}

/** A point to go on from; resumed where the observer has what came before it. */
interface From {
  readonly afterPosition: number;
  readonly isResumed: boolean;
}

const resume = (afterPosition: number): From => ({ afterPosition, isResumed: true });
const begin = (afterPosition: number): From => ({ afterPosition, isResumed: false });

async function pointOf(store: SegmentStore, { start }: TailRequest, scope: FeedScope, headPosition: number): Promise<From> {
  switch (start.case) {
    case "edge":
      return begin(start.value === TailEdge.BEGINNING ? 0 : headPosition);
    case "afterPosition":
      if (start.value > headPosition) {
        throw pastHead(`the store's head is at position ${headPosition}, not at ${start.value}`, { head_position: String(headPosition) });
      }
      return start.value === 0n ? begin(0) : resume(Number(start.value));
    case "fromIndex": {
      if (scope.type !== "segment") throw invalidField("from_index", "goes only with segment_id");
      return begin(await positionBefore(store, scope.segmentId, Number(start.value)));
    }
    case "resumeToken":
    case undefined:
      return begin(headPosition);
    default:
      return start satisfies never;
  }
}

/** Position behind which an index is the next; the head's end counts, past it does not. */
async function positionBefore(store: SegmentStore, segmentId: SegmentId, index: number): Promise<number> {
  if (index === 0) return 0;
  const position = await store.positionOf(segmentId, index - 1);
  if (position !== undefined) return position;
  const { entryCount } = await store.getSegment(segmentId);
  throw pastHead(`segment ${segmentId} has ${entryCount} entries, index ${index} is past its head`, {
    segment_id: segmentId,
    entry_count: String(entryCount),
  });
}

async function scopeOf(store: SegmentStore, { scope }: TailRequest, sight: Sight): Promise<FeedScope> {
  switch (scope.case) {
    case "segmentId": {
      const { segmentId, sessionId } = await store.getSegment(parseSegmentId(scope.value));
      return { type: "segment", sessionId, segmentId };
    }
    case "sessionId":
      return { type: "session", sessionId: parseSessionId(scope.value) };
    case "store":
      return wholeScopeOf(sight);
    case undefined:
      throw invalidField("scope", "is required: segment_id, session_id or store");
    default:
      return scope satisfies never;
  }
}

/** The whole store, as far as a caller sees it. */
function wholeScopeOf({ seesAll, namespace }: Sight): FeedScope {
  return seesAll ? { type: "store" } : { type: "namespace", namespace };
}

/** The token's scope, which knows the session of a segment that is gone. The request must ask for the same. */
function resumedScope({ scope }: TailRequest, { scope: resumed }: ResumePoint, sight: Sight): FeedScope {
  const isSame =
    (scope.case === "store" && resumed.type === wholeScopeOf(sight).type) ||
    (scope.case === "sessionId" && resumed.type === "session" && parseSessionId(scope.value) === resumed.sessionId) ||
    (scope.case === "segmentId" && resumed.type === "segment" && parseSegmentId(scope.value) === resumed.segmentId);
  if (!isSame) throw badToken("is of a tail with another scope");
  return resumed;
}

function notFound(scope: FeedScope) {
  return scope.type === "session" ? sessionNotFound(scope.sessionId) : segmentNotFound(scope.type === "segment" ? scope.segmentId : "");
}
