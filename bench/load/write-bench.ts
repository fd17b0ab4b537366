import type { SegmentClient } from "../../src/client/segment-client.js";
import { type SeglogBench, withSeglog } from "./with-seglog.js";
import { startWriters, type Writers } from "./writers.js";

/** Segments that are created at once. */
const CREATIONS_IN_FLIGHT = 64;

/** What every case of appends takes: a daemon, the ways to it, writers. */
export interface WriteBench extends SeglogBench {
  readonly writers: Writers;
}

/** Starts all that on a store in a folder, does something with it, and stops it. */
export function withWriteBench<Result>(folder: string, use: (bench: WriteBench) => Promise<Result>): Promise<Result> {
  return withSeglog(folder, async (bench) => {
    const writers = await startWriters();
    bench.onEnd(() => writers.stop());
    return use({ ...bench, writers });
  });
}

/** Creates segments, each in a session of its own, and gives their ids. */
export async function createSegments(client: SegmentClient, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  const createOn = async () => {
    while (ids.length < count) {
      const place = ids.push("") - 1;
      const { segment } = await client.createSegment({});
      ids[place] = segment?.segmentId ?? "";
    }
  };
  await Promise.all(Array.from({ length: Math.min(CREATIONS_IN_FLIGHT, count) }, createOn));
  return ids;
}

/** How many entries a segment has, the opening one among them. */
export async function entryCountOf(client: SegmentClient, segmentId: string): Promise<number> {
  const { segment } = await client.getSegment({ segmentId });
  return Number(segment?.entryCount);
}
