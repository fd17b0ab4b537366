import type { Segment } from "../../../gen/seglog/v1/segment_pb.js";
import type { SegmentClient } from "../../../src/client/segment-client.js";
import { type PlacedEntry, placed } from "./observer.js";

/** All that is in a session. */
export interface ReadBack {
  readonly segments: readonly Segment[];
  /** Own entries of all segments, in order of position. */
  readonly entries: readonly PlacedEntry[];
}

const PAGE_SIZE = 1000;
const SEGMENTS_AT_ONCE = 16;

/** Reads a session as anybody would: its list, then each segment from its first entry. */
export async function readBack(client: SegmentClient, sessionId: string): Promise<ReadBack> {
  const segments = await allSegments(client, sessionId);
  const entries: PlacedEntry[] = [];
  for (let from = 0; from < segments.length; from += SEGMENTS_AT_ONCE) {
    const logs = await Promise.all(segments.slice(from, from + SEGMENTS_AT_ONCE).map(({ segmentId }) => logOf(client, segmentId)));
    entries.push(...logs.flat());
  }
  return { segments, entries: entries.sort((a, b) => a.position - b.position) };
}

async function allSegments(client: SegmentClient, sessionId: string): Promise<Segment[]> {
  const segments: Segment[] = [];
  let pageToken = "";
  do {
    const page = await client.listSegments({ sessionId, pageSize: PAGE_SIZE, pageToken });
    segments.push(...page.segments);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return segments;
}

async function logOf(client: SegmentClient, segmentId: string): Promise<PlacedEntry[]> {
  const log: PlacedEntry[] = [];
  for await (const { entries } of client.readEntries({ segmentId })) log.push(...entries.map((entry) => placed(segmentId, entry)));
  return log;
}
