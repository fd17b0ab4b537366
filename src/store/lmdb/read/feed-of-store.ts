import type { SegmentId } from "../../../model/id.js";
import { sees } from "../../../model/namespace.js";
import type { FeedRange, FeedScope } from "../../feed.js";
import type { KeyValue } from "../engine.js";
import { decodeRecord, type FeedRecord, foundAtOrBelow, foundBetween, lastPositionOf, positionOfKey } from "../tables/feed.js";
import { isCutOff, liveHead, readPurges } from "../tables/purges.js";
import { seenHead } from "../tables/seen.js";
import type { SegmentHead } from "../tables/segment-heads.js";
import { BrokenSealError } from "../values/sealed.js";
import type { View } from "../view.js";
import { placeOf } from "./damage.js";
import { type FeedFinding, type PassedOver, runsBehind } from "./feed-items.js";

type StoreScope = Extract<FeedScope, { readonly type: "store" | "namespace" }>;

/**
 * Everything in the store behind a position that is in scope and that the caller sees, as the feed has it. What is not, and
 * what is being removed, is passed over: nothing but its position shows.
 */
export function* feedOfStore(view: View, scope: StoreScope, range: FeedRange): Iterable<FeedFinding> {
  const purges = readPurges(view);
  const isIn = (namespace: string) => sees(view.sight, namespace) && (scope.type === "store" || scope.namespace === namespace);
  const heads = new Map<SegmentId, SegmentHead | undefined>();
  const headOf = (segmentId: SegmentId) => {
    if (!heads.has(segmentId)) heads.set(segmentId, liveHead(view, segmentId, purges));
    return heads.get(segmentId);
  };
  for (const record of records(view, range)) {
    if (record.type === "passedOver") {
      yield record;
      continue;
    }
    const position = lastPositionOf(record);
    if (record.type !== "entries") {
      yield record.position > range.eventsAfterPosition && isIn(record.namespace) ? record : { type: "passedOver", position, bytes: 0 };
      continue;
    }
    const head = headOf(record.segmentId);
    if (head === undefined || !isIn(head.namespace) || isCutOff(purges, record)) {
      yield { type: "passedOver", position, bytes: record.frames.length };
    } else yield* runsBehind(head.sessionId, record, range);
  }
}

/** Records with anything behind a position; that one may lie inside the first of them. */
function* records(view: View, range: FeedRange): Iterable<FeedRecord | PassedOver> {
  const found = foundAtOrBelow(view, range.afterPosition);
  const first = found && decodeSeen(view, found);
  if (first !== undefined && first.type !== "passedOver" && lastPositionOf(first) > range.afterPosition) yield first;
  for (const next of foundBetween(view, { after: range.afterPosition, upTo: range.upToPosition })) yield decodeSeen(view, next);
}

/** A record; one that is damaged stops only those who see whose it is. */
function decodeSeen(view: View, found: KeyValue): FeedRecord | PassedOver {
  try {
    return decodeRecord(found);
  } catch (error) {
    if (!(error instanceof BrokenSealError) || view.sight.seesAll) throw error;
    const { segmentId } = placeOf(view, found.key);
    if (segmentId === undefined || seenHead(view, segmentId) !== undefined) throw error;
    return { type: "passedOver", position: positionOfKey(found.key), bytes: found.value.length };
  }
}
