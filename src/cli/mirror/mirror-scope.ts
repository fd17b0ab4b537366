import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Segment } from "../../../gen/seglog/v1/segment_pb.js";
import type { TailRequestSchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { PAGE_SIZE_MAX } from "../../model/limits.js";
import { everyPage } from "../every-page.js";
import { allSessions, segmentsOf } from "../lists.js";
import type { ClientContext } from "../with-client.js";

/** What is mirrored: a session by its canonical id, or the whole store as far as the caller sees it. */
export type MirrorScope = { readonly sessionId: string } | "store";

/** A scope as it stands in a file. */
export function scopeText(scope: MirrorScope): string {
  return scope === "store" ? scope : scope.sessionId;
}

/** A scope as a tail is asked for it. */
export function tailScope(scope: MirrorScope): NonNullable<MessageInitShape<typeof TailRequestSchema>["scope"]> {
  return scope === "store" ? { case: "store", value: {} } : { case: "sessionId", value: scope.sessionId };
}

/** The sessions of a scope that a daemon has. */
export async function* sessionsIn(context: ClientContext, scope: MirrorScope): AsyncGenerator<string, void, undefined> {
  if (scope === "store") {
    for await (const { sessionId } of allSessions(context)) yield sessionId;
    return;
  }
  const { sessions } = await context.client.listSessions({ idPrefix: scope.sessionId }, { signal: context.signal });
  for (const { sessionId } of sessions) yield sessionId;
}

/** The segments of a scope that a daemon has. */
export function segmentsIn(context: ClientContext, scope: MirrorScope): AsyncIterable<Segment> {
  if (scope !== "store") return segmentsOf(context, scope.sessionId);
  const { client, signal } = context;
  return everyPage(
    (pageToken) => client.listSegments({ pageSize: PAGE_SIZE_MAX, pageToken }, { signal }),
    ({ segments }) => segments,
  );
}
