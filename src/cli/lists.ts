import type { Segment, Session } from "../../gen/seglog/v1/segment_pb.js";
import { PAGE_SIZE_MAX } from "../model/limits.js";
import { everyPage } from "./every-page.js";
import type { ClientContext } from "./with-client.js";

/** All sessions, newest first. */
export function allSessions({ client, signal }: ClientContext): AsyncIterable<Session> {
  return everyPage(
    (pageToken) => client.listSessions({ pageSize: PAGE_SIZE_MAX, pageToken }, { signal }),
    ({ sessions }) => sessions,
  );
}

/** All segments of a session, newest first. */
export function segmentsOf({ client, signal }: ClientContext, sessionId: string): AsyncIterable<Segment> {
  return everyPage(
    (pageToken) => client.listSegments({ sessionId, pageSize: PAGE_SIZE_MAX, pageToken }, { signal }),
    ({ segments }) => segments,
  );
}
