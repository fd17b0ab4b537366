import type { LlmUsage } from "../../../gen/seglog/v1/entry_pb.js";
import { type Based, branchPath } from "../branch-path.js";

/** Tokens of any number of model requests. */
export interface Usage {
  readonly requestCount: bigint;
  readonly inputTotalTokens: bigint;
  readonly cacheReadTokens: bigint;
  readonly cacheWriteTokens: bigint;
  readonly outputTokens: bigint;
}

/** The usage of one request, and where it stands in its segment. */
export interface UsageEntry {
  readonly index: bigint;
  readonly usage: LlmUsage;
}

/** The usage of a segment. */
export interface SegmentUsage {
  readonly segmentId: string;
  readonly usage: Usage;
}

/** The usage of a session. Each request is counted once in `segments`, once in `total`, and once on each path that it is on. */
export interface SessionUsage {
  /** Of each segment's own log. */
  readonly segments: readonly SegmentUsage[];
  /** Of all that is on the path to each head that no fork inherits whole: what the segment inherits, and its own. */
  readonly heads: readonly SegmentUsage[];
  readonly total: Usage;
}

const NONE: Usage = { requestCount: 0n, inputTotalTokens: 0n, cacheReadTokens: 0n, cacheWriteTokens: 0n, outputTokens: 0n };

/** Adds the usage of a session's segments up. */
export function sessionUsage(segments: readonly Based[], entriesOf: ReadonlyMap<string, readonly UsageEntry[]>): SessionUsage {
  const byId = new Map(segments.map((segment) => [segment.segmentId, segment]));
  const goneOnFrom = new Set(segments.filter(({ base }) => isWhole(base, byId)).map(({ base }) => base?.segmentId));
  const own = segments.map(({ segmentId }) => ({ segmentId, usage: sumOf(entriesOf.get(segmentId) ?? []) }));
  const heads = segments.filter((segment) => !goneOnFrom.has(segment.segmentId));
  return {
    segments: own,
    heads: heads.map((head) => ({ segmentId: head.segmentId, usage: pathUsage(head, byId, entriesOf) })),
    total: own.reduce((sum, { usage }) => plus(sum, usage), NONE),
  };
}

function isWhole(base: Based["base"], byId: ReadonlyMap<string, Based>): boolean {
  return base !== undefined && base.entryCount >= (byId.get(base.segmentId)?.entryCount ?? 0n);
}

function pathUsage(head: Based, byId: ReadonlyMap<string, Based>, entriesOf: ReadonlyMap<string, readonly UsageEntry[]>): Usage {
  return branchPath(head, byId).reduce((sum, { segmentId, toIndex }) => {
    const inherited = (entriesOf.get(segmentId) ?? []).filter(({ index }) => index < toIndex);
    return plus(sum, sumOf(inherited));
  }, NONE);
}

function sumOf(entries: readonly UsageEntry[]): Usage {
  return entries.reduce((sum, { usage }) => plus(sum, { ...usage, requestCount: 1n }), NONE);
}

function plus(a: Usage, b: Usage): Usage {
  return {
    requestCount: a.requestCount + b.requestCount,
    inputTotalTokens: a.inputTotalTokens + b.inputTotalTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    outputTokens: a.outputTokens + b.outputTokens,
  };
}
