import type { MessageInitShape } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import type { TraceEntrySchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { aSegment, collected, newId, segmentOf } from "../support/a-segment.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

type TraceInit = MessageInitShape<typeof TraceEntrySchema>;

function streamEvent(json: string): TraceInit {
  return { turn: 1n, payload: { case: "streamEventJson", value: json } };
}

test("records are numbered on, and the answer says how many there are", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);

  const first = await client.appendTrace({ segmentId, entries: [streamEvent("1"), streamEvent("2")] });
  const none = await client.appendTrace({ segmentId, entries: [] });
  const second = await client.appendTrace({ segmentId, entries: [streamEvent("3")] });

  expect([first, none, second].map(({ entryCount }) => entryCount)).toEqual([2n, 2n, 3n]);
});

test("a record without a time gets the daemon's clock, one with a time keeps it", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const beforeSeconds = BigInt(Math.floor(Date.now() / 1000));

  await client.appendTrace({
    segmentId,
    entries: [streamEvent("1"), { turn: 1n, time: { seconds: 5n }, payload: { case: "lifecycle", value: { label: "start" } } }],
  });

  const [now, then] = (await collected(client.readTrace({ segmentId }))).flatMap(({ entries }) => entries);
  expect(now?.time?.seconds).toBeGreaterThanOrEqual(beforeSeconds);
  expect(then?.time).toMatchObject({ seconds: 5n });
});

test("a trace is a lane apart: neither the segment nor the store's head moves", async () => {
  const { client } = await startTestDaemon();
  const segment = await aSegment(client, { entries: 2 });
  const { segmentId } = segment;
  const { headPosition } = await client.getStatus({});

  await client.appendTrace({ segmentId, entries: [streamEvent("1")] });

  expect(await segmentOf(client, segmentId)).toEqual(segment);
  expect(await client.getStatus({})).toMatchObject({ headPosition });
});

const BAD: readonly (readonly [path: string, entry: TraceInit])[] = [
  ["entries[1].payload", { turn: 1n }],
  ["entries[1].stream_event_json", streamEvent("{")],
  ["entries[1].stream_event_json", streamEvent("")],
  ["entries[1].lifecycle.data_json", { payload: { case: "lifecycle", value: { label: "x", dataJson: "nope" } } }],
];

test.each(BAD)("a bad record is refused by its path (%s), and nothing is written", async (path, bad) => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);

  const refusal = await refusalOf(client.appendTrace({ segmentId, entries: [streamEvent("1"), bad] }));

  expect(refusal).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: [path] });
  expect(await collected(client.readTrace({ segmentId }))).toEqual([]);
});

test("a record above the limit of an entry is refused", async () => {
  const { client } = await startTestDaemon({ limits: { entryBytesMax: 1000 } });
  const { segmentId } = await aSegment(client);

  const refusal = await refusalOf(client.appendTrace({ segmentId, entries: [streamEvent("1"), streamEvent(`"${"x".repeat(1000)}"`)] }));

  expect(refusal).toMatchObject({ code: "RESOURCE_EXHAUSTED", reason: "ENTRY_TOO_LARGE", metadata: { field: "entries[1]" } });
});

test("a segment that does not exist is refused", async () => {
  const { client } = await startTestDaemon();

  expect(await refusalOf(client.appendTrace({ segmentId: newId(), entries: [streamEvent("1")] }))).toMatchObject({
    code: "NOT_FOUND",
    reason: "SEGMENT_NOT_FOUND",
  });
});
