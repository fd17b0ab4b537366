import type { Segment, Session } from "../../gen/seglog/v1/segment_pb.js";
import { PAGE_SIZE_MAX } from "../model/limits.js";
import { everyPage } from "./every-page.js";
import type { ClientContext } from "./with-client.js";

/** All sessions, or those of one namespace, newest first. */
export function allSessions({ client, signal }: ClientContext, namespaceId?: string): AsyncIterable<Session> {
  const only = namespaceId === undefined ? {} : { namespaceId };
  return everyPage(
    (pageToken) => client.listSessions({ pageSize: PAGE_SIZE_MAX, pageToken, ...only }, { signal }),
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
