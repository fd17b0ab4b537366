import type { Segment } from "../../../gen/seglog/v1/segment_pb.js";
import { EntryKind } from "../../../gen/seglog/v1/segment_service_pb.js";
import { allOf } from "../all-of.js";
import { askedSegment } from "../asked-segment.js";
import { branchPath, type PathPart } from "../branch-path.js";
import { segmentsOf } from "../lists.js";
import type { ClientContext } from "../with-client.js";
import { type CommonPrefix, commonPrefix } from "./common-prefix.js";

/** Two branches, and where they part. */
export interface Diff extends CommonPrefix {
  readonly a: Segment;
  readonly b: Segment;
  /** Number of the last turn that ends in what they have in common; undefined where none does. */
  readonly turnCount: bigint | undefined;
}

/** Finds where the branches of two segments part, of which somebody typed the ids or their beginnings. */
export async function readDiff(context: ClientContext, typed: { readonly a: string; readonly b: string }): Promise<Diff> {
  const [a, b] = [await askedSegment(context, typed.a), await askedSegment(context, typed.b)];
  const byId = new Map([[b.segmentId, b]]);
  for (const segment of await allOf(segmentsOf(context, a.sessionId))) byId.set(segment.segmentId, segment);
  const parts = commonPrefix(branchPath(byId.get(a.segmentId) ?? a, byId), branchPath(byId.get(b.segmentId) ?? b, byId));
  return { a, b, ...parts, turnCount: await lastTurn(context, parts.common.at(-1)) };
}

async function lastTurn({ client, signal }: ClientContext, last: PathPart | undefined): Promise<bigint | undefined> {
  if (last === undefined) return undefined;
  const upTo = { segmentId: last.segmentId, fromIndex: last.toIndex - 1n, backward: true, inherited: true };
  for await (const { entries } of client.readEntries({ ...upTo, kinds: [EntryKind.TURN_END], limit: 1n }, { signal }))
    for (const { kind } of entries) if (kind.case === "turnEnd") return kind.value.turnCount;
  return undefined;
}
