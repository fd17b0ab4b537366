import { timestampMs } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { aSegment, newId, someEntries } from "../support/a-segment.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

async function sessionOf(client: SegmentClient, sessionId: string) {
  const { session } = await client.getSession({ sessionId });
  if (session === undefined) throw new Error("GetSession answered without a session");
  return session;
}

test("a session adds its segments up, what is inherited not counted twice", async () => {
  const { client } = await startTestDaemon();
  const { segmentId, sessionId } = await aSegment(client, { entries: 5 });
  const { segment: fork } = await client.forkSegment({ segmentId });
  await client.append({ segmentId: fork!.segmentId, entries: someEntries(2) });

  expect(await sessionOf(client, sessionId)).toMatchObject({ sessionId, segmentCount: 2n, entryCount: 8n, namespaceId: "default" });
});

test("a session's head is the segment that was last appended to", async () => {
  const { client } = await startTestDaemon();
  const { segmentId, sessionId } = await aSegment(client, { entries: 2 });
  const { segment: fork } = await client.forkSegment({ segmentId });
  const heads = [(await sessionOf(client, sessionId)).headSegmentId];

  await client.append({ segmentId, entries: someEntries(1) });
  heads.push((await sessionOf(client, sessionId)).headSegmentId);
  await client.append({ segmentId: fork!.segmentId, entries: someEntries(1) });
  await client.deleteSegment({ segmentId: fork!.segmentId });
  heads.push((await sessionOf(client, sessionId)).headSegmentId);

  expect(heads).toEqual([fork!.segmentId, segmentId, segmentId]);
});

test("a session's times are those of its first segment and its last entry", async () => {
  const { client } = await startTestDaemon();
  const first = await aSegment(client);
  const { sessionId } = first;
  const second = await aSegment(client, { sessionId });
  await client.append({ segmentId: first.segmentId, entries: someEntries(1) });
  const { segment } = await client.getSegment({ segmentId: first.segmentId });

  const session = await sessionOf(client, sessionId);

  expect(session.createTime).toEqual(first.createTime);
  expect(session.updateTime).toEqual(segment!.updateTime);
  expect(timestampMs(session.updateTime!)).toBeGreaterThanOrEqual(timestampMs(second.createTime!));
});

test("a session that does not exist is refused, an id of a segment too", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);

  for (const sessionId of [newId(), segmentId]) {
    expect(await refusalOf(client.getSession({ sessionId }))).toMatchObject({
      code: "NOT_FOUND",
      reason: "SESSION_NOT_FOUND",
      metadata: { session_id: sessionId },
    });
  }
});
