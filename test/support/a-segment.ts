import { monotonicFactory } from "ulid";
import type { Entry } from "../../gen/seglog/v1/entry_pb.js";
import { Role } from "../../gen/seglog/v1/entry_pb.js";
import type { RestoredState, Segment } from "../../gen/seglog/v1/segment_pb.js";
import { mergeStateParts } from "../../src/client/restore-state.js";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { assistantText, type EntryInit, openingHistory, segmentStart, textMessage, userInput } from "./entries.js";

/** What a test's segment is to be like. */
export interface SegmentShape {
  /** Entries in its log, the opening one included; 1 where unset. */
  readonly entries?: number;
  /** What is appended behind its opening, instead of a number of entries. */
  readonly log?: readonly EntryInit[];
  /** Entries of its opening: 1 where unset; where more, it is imported. */
  readonly openingEntries?: number;
  readonly sessionId?: string;
}

/** An id as the daemon would make it. */
export const newId: () => string = (
  (factory) => () =>
    factory()
)(monotonicFactory());

/** Creates a segment in a session of its own, unless that is given. */
export async function aSegment(client: SegmentClient, shape: SegmentShape = {}): Promise<Segment> {
  const openingEntries = shape.openingEntries ?? 1;
  const log = shape.log ?? someEntries((shape.entries ?? 1) - openingEntries);
  const segmentId = openingEntries === 1 ? await created(client, shape) : await imported(client, openingEntries, shape);
  if (log.length > 0) await client.append({ segmentId, entries: [...log] });
  return segmentOf(client, segmentId);
}

/** Entries of alternating kinds. */
export function someEntries(count: number): EntryInit[] {
  return Array.from({ length: Math.max(0, count) }, (_, i) => (i % 2 === 0 ? userInput(`ask ${i}`) : assistantText(`say ${i}`)));
}

/** A segment as it is now. */
export async function segmentOf(client: SegmentClient, segmentId: string): Promise<Segment> {
  const { segment } = await client.getSegment({ segmentId });
  if (segment === undefined) throw new Error("GetSegment answered without a segment");
  return segment;
}

/** All own entries of a segment. */
export async function entriesOf(client: SegmentClient, segmentId: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const message of client.readEntries({ segmentId })) entries.push(...message.entries);
  return entries;
}

/** The state that a segment restores to. */
export async function stateOf(client: SegmentClient, segmentId: string): Promise<RestoredState> {
  return mergeStateParts(client.restoreSegment({ segmentId }));
}

/** Everything that a stream gives. */
export async function collected<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const messages: T[] = [];
  for await (const message of stream) messages.push(message);
  return messages;
}

async function created(client: SegmentClient, { sessionId }: SegmentShape): Promise<string> {
  const { segment } = await client.createSegment(sessionId === undefined ? {} : { sessionId });
  if (segment === undefined) throw new Error("CreateSegment answered without a segment");
  return segment.segmentId;
}

async function imported(client: SegmentClient, openingEntries: number, shape: SegmentShape): Promise<string> {
  const sessionId = shape.sessionId ?? newId();
  const segmentId = newId();
  const more = Array.from({ length: openingEntries - 1 }, (_, i) => openingHistory(textMessage(Role.USER, `opening ${i + 1}`)));
  await client.importSegment([{ sessionId, segmentId, entries: [segmentStart(sessionId), ...more] }]);
  return segmentId;
}
