import type { Segment } from "../../../gen/seglog/v1/segment_pb.js";
import { allOf } from "../all-of.js";
import { readLog } from "../read-log.js";
import type { ClientContext } from "../with-client.js";
import { type BranchKind, branchKind, type ForkFacts } from "./branch-kind.js";

/** A segment, and how it came to be. */
export type ToldSegment = Segment & { readonly branch: BranchKind };

/** Forks that are looked at at once, with two calls each: Node takes more than ten that wait for one signal for a leak. */
const AT_ONCE = 4;

/** Says of each segment of a session how it came to be. Reads two entries each of forks that inherit less than there is. */
export async function toldSegments(context: ClientContext, segments: readonly Segment[]): Promise<ToldSegment[]> {
  const byId = new Map(segments.map((segment) => [segment.segmentId, segment]));
  const told: ToldSegment[] = [];
  for (let from = 0; from < segments.length; from += AT_ONCE) {
    const some = segments.slice(from, from + AT_ONCE).map(async (segment) => {
      const facts = await forkFacts(context, segment, byId.get(segment.base?.segmentId ?? ""));
      return { ...segment, branch: branchKind(segment, facts) };
    });
    told.push(...(await Promise.all(some)));
  }
  return told;
}

async function forkFacts(context: ClientContext, fork: Segment, origin: Segment | undefined): Promise<ForkFacts | undefined> {
  const { segmentId, base } = fork;
  if (base === undefined || origin === undefined || base.entryCount >= origin.entryCount) return undefined;
  const fromIndex = base.entryCount - 1n;
  const [own, [inherited, passedOver]] = await Promise.all([
    firstEntries(context, { segmentId, fromIndex: 0n }),
    firstEntries(context, { segmentId: base.segmentId, fromIndex }),
  ]);
  return { own, inherited, passedOver };
}

function firstEntries(context: ClientContext, from: { readonly segmentId: string; readonly fromIndex: bigint }) {
  return allOf(readLog(context, { ...from, limit: 2n }));
}
