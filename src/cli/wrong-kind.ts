import { SegmentClientError } from "../client/client-error.js";
import type { SegmentClient } from "../client/segment-client.js";
import { CommandError } from "./command-error.js";
import { EXIT } from "./exit-code.js";

/** Who asks: what commands work with, which this is a part of. */
interface Caller {
  readonly client: SegmentClient;
  readonly signal: AbortSignal;
}

/**
 * Runs a command, and where there is no session of an id says whether a segment has it. The segment's session is named, and
 * never taken in its place: what somebody meant to do to one of them may not be meant for the other.
 *
 * @throws CommandError in the place of SESSION_NOT_FOUND
 */
export async function orSayItIsASegment(context: Caller, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof SegmentClientError) || error.reason !== "SESSION_NOT_FOUND") throw error;
    const id = error.metadata["session_id"] ?? "";
    const sessionId = await sessionOfSegment(context, id);
    if (sessionId === undefined) throw error;
    throw new CommandError(EXIT.notFound, `there is no session ${id}; it is a segment of session ${sessionId}`, error, [
      `take the session's own id: seglog ls ${sessionId}`,
    ]);
  }
}

/** Undefined where there is no such segment; and where nobody can say, as this is only to help. */
async function sessionOfSegment({ client, signal }: Caller, segmentId: string): Promise<string | undefined> {
  try {
    const { segment } = await client.getSegment({ segmentId }, { signal });
    return segment?.sessionId;
  } catch {
    return undefined;
  }
}
