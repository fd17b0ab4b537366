import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Session } from "../../gen/seglog/v1/segment_pb.js";
import { wholeSessionId } from "./ids.js";
import { allSessions } from "./lists.js";
import type { ClientContext } from "./with-client.js";

/**
 * The session that somebody typed the id of, or its beginning.
 *
 * @throws SegmentClientError SESSION_NOT_FOUND
 */
export async function askedSession(context: ClientContext, typed: string): Promise<Session | undefined> {
  const sessionId = await wholeSessionId(context, typed);
  const { session } = await context.client.getSession({ sessionId }, { signal: context.signal });
  return session;
}

/** The session that was last written to; of several at one time the newest; undefined where there is none. */
export async function lastWrittenSession(context: ClientContext): Promise<Session | undefined> {
  let last: Session | undefined;
  // Newest first: only what was written later takes the place.
  for await (const session of allSessions(context)) if (last === undefined || writtenMs(session) > writtenMs(last)) last = session;
  return last;
}

function writtenMs({ updateTime }: Session): number {
  return updateTime === undefined ? 0 : timestampMs(updateTime);
}
