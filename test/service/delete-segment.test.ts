import { expect, test } from "vitest";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { aSegment, collected, newId, stateOf } from "../support/a-segment.js";
import { userInput } from "../support/entries.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

type Call = (client: SegmentClient, segmentId: string) => Promise<unknown>;
const CALLS: Readonly<Record<string, Call>> = {
  getSegment: (c, segmentId) => c.getSegment({ segmentId }),
  append: (c, segmentId) => c.append({ segmentId, entries: [userInput("hi")] }),
  forkSegment: (c, segmentId) => c.forkSegment({ segmentId }),
  compactSegment: (c, segmentId) => c.compactSegment({ segmentId }),
  truncateSegment: (c, segmentId) => c.truncateSegment({ segmentId, entryCount: 1n }),
  deleteSegment: (c, segmentId) => c.deleteSegment({ segmentId }),
  restoreSegment: (c, segmentId) => collected(c.restoreSegment({ segmentId })),
  readEntries: (c, segmentId) => collected(c.readEntries({ segmentId })),
  appendTrace: (c, segmentId) => c.appendTrace({ segmentId }),
  readTrace: (c, segmentId) => collected(c.readTrace({ segmentId })),
};

test("a deleted segment is not there any more, for any method", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });

  const { replayed } = await client.deleteSegment({ segmentId });

  expect(replayed).toBe(false);
  for (const [name, call] of Object.entries(CALLS)) {
    expect(await refusalOf(call(client, segmentId)), name).toMatchObject({
      code: "NOT_FOUND",
      reason: "SEGMENT_NOT_FOUND",
      metadata: { segment_id: segmentId },
    });
  }
  expect((await client.listSegments({})).segments).toEqual([]);
});

test("the session stays, even empty", async () => {
  const { client } = await startTestDaemon();
  const { segmentId, sessionId } = await aSegment(client, { entries: 3 });

  await client.deleteSegment({ segmentId });

  const { session } = await client.getSession({ sessionId });
  expect(session).toMatchObject({ sessionId, segmentCount: 0n, entryCount: 0n, headSegmentId: "" });
  expect((await client.listSessions({})).sessions).toEqual([session]);
});

test("a segment that forks are based on is not deleted until they are", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });
  const { segment: fork } = await client.forkSegment({ segmentId, at: { case: "entryCount", value: 2n } });
  const state = await stateOf(client, fork!.segmentId);

  const refusal = await refusalOf(client.deleteSegment({ segmentId }));
  expect(await stateOf(client, fork!.segmentId)).toEqual(state);
  await client.deleteSegment({ segmentId: fork!.segmentId });
  await client.deleteSegment({ segmentId });

  expect(refusal).toMatchObject({ code: "FAILED_PRECONDITION", reason: "HAS_DEPENDENTS", metadata: { segment_id: segmentId } });
  expect((await client.listSegments({})).segments).toEqual([]);
});

test("a segment that only has compactions, or forks from a state, is deleted", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });
  await client.compactSegment({ segmentId });
  await client.ensureHeadOrFork({ segmentId, state: {} });

  await client.deleteSegment({ segmentId });

  expect((await client.listSegments({})).segments).toHaveLength(2);
});

test("a segment that does not exist is refused", async () => {
  const { client } = await startTestDaemon();

  expect(await refusalOf(client.deleteSegment({ segmentId: newId() }))).toMatchObject({ code: "NOT_FOUND", reason: "SEGMENT_NOT_FOUND" });
});
