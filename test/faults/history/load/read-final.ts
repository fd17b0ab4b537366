import type { Segment } from "../../../../gen/seglog/v1/segment_pb.js";
import { createSegmentClient, type SegmentClient } from "../../../../src/client/segment-client.js";
import { ONE_TRY } from "../../../support/one-try.js";
import type { FinalSegment, SeenEntry, Tail, TailMessage } from "../history.js";
import { headOf, type Recorder, seenEntry } from "./recorder.js";
import { messageOf } from "./tail-recorder.js";

const SEGMENTS_AT_ONCE = 8;

/** Of the branches so many have what they inherit read too, evenly spread. */
const INHERITED_MAX = 150;

/** Reads all that is there, once nobody writes any more; and the feed, for the cuts in it. */
export async function readFinal(socket: string, recorder: Recorder): Promise<readonly FinalSegment[]> {
  const client = createSegmentClient({ socket }, ONE_TRY);
  try {
    recorder.tails.push(await feedOf(client, recorder));
    const segments = await allSegments(client);
    const step = Math.ceil(segments.filter(({ base }) => base !== undefined).length / INHERITED_MAX);
    const final: FinalSegment[] = [];
    for (let from = 0; from < segments.length; from += SEGMENTS_AT_ONCE) {
      const together = segments.slice(from, from + SEGMENTS_AT_ONCE);
      final.push(...(await Promise.all(together.map((segment, i) => finalSegment(client, segment, (from + i) % step === 0)))));
    }
    return final;
  } finally {
    client.close();
  }
}

/** Everything behind position 1, as who resumes there is told it: deletions and cuts included. */
async function feedOf(client: SegmentClient, recorder: Recorder): Promise<Tail> {
  const { headPosition } = await client.getStatus({});
  const invokeNs = recorder.nowNs();
  const messages: TailMessage[] = [];
  const request = { scope: { case: "store", value: {} }, start: { case: "afterPosition", value: 1n } } as const;
  for await (const response of client.tail(request)) {
    messages.push(messageOf(response, recorder.nowNs()));
    if (response.position >= headPosition) break;
  }
  return { id: "final feed", scope: { type: "store" }, start: { type: "after", position: 1 }, invokeNs, messages };
}

async function allSegments(client: SegmentClient): Promise<readonly Segment[]> {
  const segments: Segment[] = [];
  let pageToken = "";
  do {
    const page = await client.listSegments({ pageSize: 1000, pageToken });
    segments.push(...page.segments);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return segments;
}

async function finalSegment(client: SegmentClient, segment: Segment, withInherited: boolean): Promise<FinalSegment> {
  const { segmentId, sessionId, base } = segment;
  const entries: SeenEntry[] = [];
  for await (const page of client.readEntries({ segmentId })) entries.push(...page.entries.map((entry) => seenEntry(segmentId, entry)));
  return {
    segmentId,
    sessionId,
    ...headOf(segment),
    entries,
    ...(base && { base: { segmentId: base.segmentId, entryCount: Number(base.entryCount) } }),
    ...(base && withInherited && { inherited: await inheritedBy(client, segmentId) }),
  };
}

async function inheritedBy(client: SegmentClient, segmentId: string): Promise<readonly SeenEntry[]> {
  const entries: SeenEntry[] = [];
  for await (const page of client.readEntries({ segmentId, backward: true, inherited: true })) {
    if (page.segmentId !== segmentId) entries.push(...page.entries.map((entry) => seenEntry(page.segmentId, entry)));
  }
  return entries.reverse();
}
