import type { Segment } from "../../gen/seglog/v1/segment_pb.js";

/** Entries of one segment that a branch is made of: those from one index to before another. */
export interface PathPart {
  readonly segmentId: string;
  readonly fromIndex: bigint;
  readonly toIndex: bigint;
}

/** What a path needs to know of a segment. */
export type Based = Pick<Segment, "segmentId" | "entryCount" | "base">;

/**
 * All that a branch is made of, oldest first: the prefixes that it inherits, base after base, and its own log.
 *
 * Ends early where a base is not among the segments, or was on the path before.
 */
export function branchPath(head: Based, byId: ReadonlyMap<string, Based>): PathPart[] {
  const parts: PathPart[] = [];
  const seen = new Set<string>();
  let next: Based | undefined = head;
  let toIndex = head.entryCount;
  while (next !== undefined && !seen.has(next.segmentId)) {
    const { segmentId, base }: Based = next;
    seen.add(segmentId);
    parts.push({ segmentId, fromIndex: 0n, toIndex });
    next = byId.get(base?.segmentId ?? "");
    toIndex = base?.entryCount ?? 0n;
  }
  return parts.reverse();
}

/** Entries on a path. */
export function pathEntryCount(parts: readonly PathPart[]): bigint {
  return parts.reduce((count, { fromIndex, toIndex }) => count + toIndex - fromIndex, 0n);
}
