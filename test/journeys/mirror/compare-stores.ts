import assert from "node:assert/strict";
import { toBinary } from "@bufbuild/protobuf";
import { type Entry, EntrySchema } from "../../../gen/seglog/v1/entry_pb.js";
import type { Segment } from "../../../gen/seglog/v1/segment_pb.js";
import type { SegmentClient } from "../../../src/client/segment-client.js";
import { entriesOf } from "../../support/a-segment.js";

/** How much was found to be the same. */
export interface Compared {
  readonly segments: number;
  readonly entries: number;
}

/**
 * Compares two stores: the same segments in the same sessions with the same lineage, entry for entry with index, time and
 * content. Positions are each store's own, but have to be in the same order within a segment.
 *
 * @throws AssertionError where they differ
 */
export async function compareStores(source: SegmentClient, copy: SegmentClient): Promise<Compared> {
  const [there, here] = [await segmentsOfStore(source), await segmentsOfStore(copy)];
  assert.deepEqual([...here.keys()].sort(), [...there.keys()].sort(), "segments of the copy");
  let entries = 0;
  for (const [segmentId, segment] of there) {
    assert.deepEqual(lineageOf(here.get(segmentId)), lineageOf(segment), `lineage of segment ${segmentId}`);
    const [wanted, found] = [await entriesOf(source, segmentId), await entriesOf(copy, segmentId)];
    assert.equal(found.length, wanted.length, `entries of segment ${segmentId}`);
    for (const [i, entry] of wanted.entries()) assert.equal(said(found[i]), said(entry), `entry ${i} of segment ${segmentId}`);
    const positions = found.map(({ position }) => position);
    assert.ok(
      positions.every((position, i) => i === 0 || position > (positions[i - 1] ?? 0n)),
      `order of positions in segment ${segmentId}`,
    );
    entries += wanted.length;
  }
  return { segments: there.size, entries };
}

async function segmentsOfStore(client: SegmentClient): Promise<ReadonlyMap<string, Segment>> {
  const segments = new Map<string, Segment>();
  let pageToken = "";
  do {
    const page = await client.listSegments({ pageSize: 1000, pageToken });
    for (const segment of page.segments) segments.set(segment.segmentId, segment);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return segments;
}

function lineageOf(segment: Segment | undefined): object {
  const { sessionId, entryCount, forkedFrom, compactedFrom, base } = segment ?? {};
  return { sessionId, entryCount, forkedFrom, compactedFrom, base };
}

/** What an entry says, but for its position: with fields that nobody knows. */
function said(entry: Entry | undefined): string | undefined {
  return entry && Buffer.from(toBinary(EntrySchema, { ...entry, position: 0n })).toString("hex");
}
