import { create, toBinary } from "@bufbuild/protobuf";
import type { Segment } from "../../../gen/seglog/v1/segment_pb.js";
import { ReadEntriesRequestSchema, ReadEntriesResponseSchema } from "../../../gen/seglog/v1/segment_service_pb.js";
import { createSegmentClient, type SegmentClient } from "../../../src/client/segment-client.js";
import { nestedBytes } from "../../support/nested-bytes.js";
import { ONE_TRY } from "../../support/one-try.js";
import { RawCalls } from "./raw-calls.js";

/** One segment as a daemon tells of it. */
export interface StoredSegment {
  readonly segment: Segment;
  /** Own entries from the first on, as their bytes stand in answers. */
  readonly entries: readonly Uint8Array[];
}

/** All that is in a store, by the id of the segment. */
export interface StoredStore {
  readonly headPosition: number;
  readonly segments: ReadonlyMap<string, StoredSegment>;
  readonly sessionIds: ReadonlySet<string>;
}

const PAGE_SIZE = 1000;
const SEGMENTS_AT_ONCE = 16;

/** Reads everything in a store, as anybody could. */
export async function readStore(socket: string): Promise<StoredStore> {
  const client = createSegmentClient({ socket }, ONE_TRY);
  const calls = new RawCalls(socket);
  try {
    const { headPosition } = await client.getStatus({});
    const listed = await allSegments(client);
    const segments = new Map<string, StoredSegment>();
    for (let from = 0; from < listed.length; from += SEGMENTS_AT_ONCE) {
      const part = listed.slice(from, from + SEGMENTS_AT_ONCE);
      const logs = await Promise.all(part.map(({ segmentId }) => entriesOf(calls, segmentId)));
      for (const [i, segment] of part.entries()) segments.set(segment.segmentId, { segment, entries: logs[i] ?? [] });
    }
    return { headPosition: Number(headPosition), segments, sessionIds: await allSessions(client) };
  } finally {
    client.close();
    calls.close();
  }
}

async function allSegments(client: SegmentClient): Promise<readonly Segment[]> {
  const segments: Segment[] = [];
  let pageToken = "";
  do {
    const page = await client.listSegments({ pageSize: PAGE_SIZE, pageToken });
    segments.push(...page.segments);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return segments;
}

async function allSessions(client: SegmentClient): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let pageToken = "";
  do {
    const page = await client.listSessions({ pageSize: PAGE_SIZE, pageToken });
    for (const { sessionId } of page.sessions) ids.add(sessionId);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return ids;
}

async function entriesOf(calls: RawCalls, segmentId: string): Promise<readonly Uint8Array[]> {
  const request = toBinary(ReadEntriesRequestSchema, create(ReadEntriesRequestSchema, { segmentId }));
  const entries: Uint8Array[] = [];
  for await (const page of calls.answers("readEntries", request)) {
    entries.push(...nestedBytes(page, ReadEntriesResponseSchema.field.entries.number));
  }
  return entries;
}
