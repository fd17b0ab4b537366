import { create, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ReadTraceRequestSchema, type TraceEntry } from "../../gen/seglog/v1/segment_service_pb.js";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { aSegment, collected, newId } from "../support/a-segment.js";
import { rawService } from "../support/raw-service.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

const MIB = 1024 * 1024;

async function traceOf(client: SegmentClient, asked: Parameters<SegmentClient["readTrace"]>[0]): Promise<TraceEntry[]> {
  return (await collected(client.readTrace(asked))).flatMap(({ entries }) => entries);
}

/** A segment whose trace has records of turns 0, 1, 2, …, appended in threes. */
async function aTracedSegment(client: SegmentClient, count: number): Promise<string> {
  const { segmentId } = await aSegment(client);
  for (let i = 0; i < count; i += 3) {
    const turns = Array.from({ length: Math.min(3, count - i) }, (_, j) => BigInt(i + j));
    await client.appendTrace({ segmentId, entries: turns.map((turn) => ({ turn, payload: { case: "streamEventJson", value: "1" } })) });
  }
  return segmentId;
}

test("records come back as they were written", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const time = { seconds: 5n, nanos: 6 };
  const entries = [
    { time, turn: 1n, llmCall: 0n, payload: { case: "streamEventJson" as const, value: '{"Ping":{"timestamp":12345678901234567890}}' } },
    { time, turn: 2n, payload: { case: "lifecycle" as const, value: { label: "compact", dataJson: "null" } } },
  ];

  await client.appendTrace({ segmentId, entries });

  const trace = await traceOf(client, { segmentId });
  expect(trace).toMatchObject(entries);
  expect(trace[1]?.llmCall).toBeUndefined();
});

const RANGES = [
  { asked: {}, wanted: [0, 1, 2, 3, 4, 5, 6] },
  { asked: { fromIndex: 2n }, wanted: [2, 3, 4, 5, 6] },
  { asked: { fromIndex: 6n }, wanted: [6] },
  { asked: { fromIndex: 7n }, wanted: [] },
  { asked: { fromIndex: 2n ** 64n - 1n }, wanted: [] },
  { asked: { limit: 4n }, wanted: [0, 1, 2, 3] },
  { asked: { fromIndex: 1n, limit: 4n }, wanted: [1, 2, 3, 4] },
  { asked: { limit: 2n ** 64n - 1n }, wanted: [0, 1, 2, 3, 4, 5, 6] },
];

test.each(RANGES)("of 7 records, $asked gives $wanted", async ({ asked, wanted }) => {
  const { client } = await startTestDaemon();
  const segmentId = await aTracedSegment(client, 7);

  expect((await traceOf(client, { segmentId, ...asked })).map(({ turn }) => Number(turn))).toEqual(wanted);
});

test("a segment without a trace gives none, one that does not exist is refused", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);

  expect(await collected(client.readTrace({ segmentId }))).toEqual([]);
  expect(await refusalOf(collected(client.readTrace({ segmentId: newId() })))).toMatchObject({
    code: "NOT_FOUND",
    reason: "SEGMENT_NOT_FOUND",
  });
});

test("a trace goes with its segment", async () => {
  const { client } = await startTestDaemon();
  const segmentId = await aTracedSegment(client, 7);
  await client.deleteSegment({ segmentId });

  await client.createSegment({ segmentId });

  expect(await traceOf(client, { segmentId })).toEqual([]);
});

test("a long trace comes in parts that default clients take", async () => {
  const { client, socket } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const large = { payload: { case: "streamEventJson" as const, value: `"${"x".repeat(300_000)}"` } };
  for (let i = 0; i < 5; i++) await client.appendTrace({ segmentId, entries: Array.from({ length: 10 }, () => large) });

  const messages = await collected(
    rawService(socket).answers("readTrace", toBinary(ReadTraceRequestSchema, create(ReadTraceRequestSchema, { segmentId }))),
  );

  expect(await traceOf(client, { segmentId })).toHaveLength(50);
  expect(Math.max(...messages.map(({ length }) => length))).toBeLessThan(1.1 * MIB);
  expect(messages.length).toBeGreaterThan(14);
});
