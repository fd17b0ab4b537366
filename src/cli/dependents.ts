import type { Segment } from "../../gen/seglog/v1/segment_pb.js";
import { SegmentClientError } from "../client/client-error.js";
import { CommandError } from "./command-error.js";
import { counted } from "./count-text.js";
import { EXIT } from "./exit-code.js";
import { segmentsOf } from "./lists.js";
import type { ClientContext } from "./with-client.js";

/** How many a message names. */
const NAMED_MAX = 5;

/** What would go of a segment: all entries behind those that are kept. */
export interface Cut {
  readonly segment: Segment;
  readonly keptCount: bigint;
}

/**
 * Takes something away, and where forks hold it back says which.
 *
 * @throws CommandError in the place of HAS_DEPENDENTS
 */
export async function orSayDependents<T>(context: ClientContext, cut: Cut, take: () => Promise<T>): Promise<T> {
  try {
    return await take();
  } catch (error) {
    if (!(error instanceof SegmentClientError) || error.reason !== "HAS_DEPENDENTS") throw error;
    await checkDependents(context, cut, error);
    throw error;
  }
}

/**
 * Refuses where forks are based on what would go.
 *
 * @throws CommandError
 */
export async function checkDependents(context: ClientContext, { segment, keptCount }: Cut, cause?: unknown): Promise<void> {
  const found: string[] = [];
  for await (const { segmentId, base } of segmentsOf(context, segment.sessionId)) {
    if (base?.segmentId === segment.segmentId && base.entryCount > keptCount)
      found.push(`${segmentId} is based on its ${base.entryCount === 1n ? "first entry" : `first ${counted(base.entryCount, "entry")}`}`);
  }
  if (found.length === 0) return;
  const named = found.slice(0, NAMED_MAX);
  const more = found.length > NAMED_MAX ? [`and ${found.length - NAMED_MAX} more`] : [];
  throw new CommandError(
    EXIT.conflict,
    `${counted(found.length, "fork")} of segment ${segment.segmentId} would lose what ${found.length === 1 ? "it is based on; delete it first" : "they are based on; delete them first"}`,
    cause,
    [...named, ...more],
  );
}
