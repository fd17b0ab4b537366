import { toBinary } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import { aSegment, entriesOf, newId, segmentOf, someEntries } from "../support/a-segment.js";
import { placed, runCompleted, turnEnd, userInput } from "../support/entries.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

test("a segment says where its head is, in entries and in the store", async () => {
  const { client } = await startTestDaemon();
  const { segmentId, sessionId } = await aSegment(client, { entries: 3 });
  await aSegment(client, { entries: 2 });
  const { headPosition } = await client.append({ segmentId, entries: someEntries(2) });

  expect(await segmentOf(client, segmentId)).toMatchObject({ segmentId, sessionId, entryCount: 5n, headPosition });
});

test("a segment tells its last turn end and whether its last run was interrupted", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const told = async (...entries: Parameters<typeof client.append>[0]["entries"] & object) => {
    await client.append({ segmentId, entries });
    const { turnCount, lastRunInterrupted } = await segmentOf(client, segmentId);
    return { turnCount, lastRunInterrupted };
  };

  expect(await told(userInput("a"))).toEqual({ turnCount: 0n, lastRunInterrupted: false });
  expect(await told(turnEnd(2n ** 64n - 1n), runCompleted(true))).toEqual({ turnCount: 2n ** 64n - 1n, lastRunInterrupted: true });
  expect(await told(turnEnd(3n), { kind: { case: "pausedTurnAbandoned", value: {} } })).toEqual({
    turnCount: 3n,
    lastRunInterrupted: false,
  });
  expect(await told({ kind: { case: "runErrored", value: { interrupted: true } } })).toEqual({ turnCount: 3n, lastRunInterrupted: true });
  expect(await told(runCompleted(false))).toEqual({ turnCount: 3n, lastRunInterrupted: false });
});

test("a segment's bytes are those of its own entries as stored", async () => {
  const { client } = await startTestDaemon();
  const source = await aSegment(client, { log: [userInput("x".repeat(5000))] });
  const { segment: fork } = await client.forkSegment({ segmentId: source.segmentId });

  const entryBytes = (await entriesOf(client, source.segmentId)).reduce((sum, entry) => sum + toBinary(EntrySchema, entry).length, 0);

  expect(Number(source.byteSize)).toBeGreaterThanOrEqual(entryBytes);
  expect(Number(source.byteSize)).toBeLessThan(entryBytes + 100);
  expect(fork!.byteSize).toBeLessThan(200n);
});

test("a segment's times are those of its commits, whatever its entries say", async () => {
  const { client } = await startTestDaemon();
  const beforeMs = Date.now();
  const { segmentId } = await aSegment(client);
  const created = await segmentOf(client, segmentId);
  await client.append({ segmentId, entries: [placed(userInput("a"), { timeMs: 5 })] });

  const { createTime, updateTime } = await segmentOf(client, segmentId);

  expect(timestampMs(createTime!)).toBeGreaterThanOrEqual(beforeMs);
  expect(createTime).toEqual(created.createTime);
  expect(timestampMs(updateTime!)).toBeGreaterThanOrEqual(timestampMs(createTime!));
  expect(timestampMs(updateTime!)).toBeLessThanOrEqual(Date.now());
});

test("a segment is found after a restart as it was", async () => {
  const { client, daemon, folder } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { log: [userInput("a"), turnEnd(3n), runCompleted(true)] });
  const { segment } = await client.forkSegment({ segmentId });
  client.close();
  await daemon.close();

  const { client: later } = await startTestDaemon({ folder });

  expect(await segmentOf(later, segment!.segmentId)).toEqual(segment);
  expect(await segmentOf(later, segmentId)).toMatchObject({ entryCount: 4n, turnCount: 3n, lastRunInterrupted: true });
});

test("a segment that does not exist is refused, an id of a session too", async () => {
  const { client } = await startTestDaemon();
  const { sessionId } = await aSegment(client);

  for (const segmentId of [newId(), sessionId]) {
    expect(await refusalOf(client.getSegment({ segmentId }))).toMatchObject({
      code: "NOT_FOUND",
      reason: "SEGMENT_NOT_FOUND",
      metadata: { segment_id: segmentId },
    });
  }
});
