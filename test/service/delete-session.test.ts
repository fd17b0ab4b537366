import { expect, test } from "vitest";
import { aSegment, newId, segmentOf } from "../support/a-segment.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

test("a session goes with all its segments, forks and what they are based on included", async () => {
  const { client } = await startTestDaemon();
  const { segmentId, sessionId } = await aSegment(client, { entries: 3 });
  const { segment: fork } = await client.forkSegment({ segmentId });
  await client.forkSegment({ segmentId: fork!.segmentId });
  const other = await aSegment(client, { entries: 2 });
  const { headPosition } = await client.getStatus({});

  const { segmentCount, replayed } = await client.deleteSession({ sessionId });

  expect({ segmentCount, replayed }).toEqual({ segmentCount: 3n, replayed: false });
  expect(await refusalOf(client.getSession({ sessionId }))).toMatchObject({
    code: "NOT_FOUND",
    reason: "SESSION_NOT_FOUND",
    metadata: { session_id: sessionId },
  });
  expect(await refusalOf(client.getSegment({ segmentId }))).toMatchObject({ code: "NOT_FOUND", reason: "SEGMENT_NOT_FOUND" });
  expect((await client.listSegments({})).segments).toEqual([other]);
  expect(await segmentOf(client, other.segmentId)).toEqual(other);
  expect(await client.getStatus({})).toMatchObject({ headPosition: headPosition + 1n }); // one event
});

test("segments that were deleted before do not count", async () => {
  const { client } = await startTestDaemon();
  const { segmentId, sessionId } = await aSegment(client);
  await aSegment(client, { sessionId });
  await client.deleteSegment({ segmentId });

  expect(await client.deleteSession({ sessionId })).toMatchObject({ segmentCount: 1n });
});

test("an empty session is deleted too", async () => {
  const { client } = await startTestDaemon();
  const { segmentId, sessionId } = await aSegment(client);
  await client.deleteSegment({ segmentId });

  expect(await client.deleteSession({ sessionId })).toMatchObject({ segmentCount: 0n });
  expect((await client.listSessions({})).sessions).toEqual([]);
});

test("a session that does not exist is refused", async () => {
  const { client } = await startTestDaemon();
  const sessionId = newId();

  const refusal = await refusalOf(client.deleteSession({ sessionId }));

  expect(refusal).toMatchObject({ code: "NOT_FOUND", reason: "SESSION_NOT_FOUND", metadata: { session_id: sessionId } });
});
