import { create, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import type { Segment } from "../../gen/seglog/v1/segment_pb.js";
import { AppendRequestSchema, OnConflict } from "../../gen/seglog/v1/segment_service_pb.js";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { aSegment, collected, entriesOf, newId, segmentOf } from "../support/a-segment.js";
import { textMessage, toolOutput, userInput } from "../support/entries.js";
import { rawService } from "../support/raw-service.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

interface Write {
  readonly method: string;
  /** Makes the write once, with a request id; the same arguments give the same bytes. */
  readonly write: (client: SegmentClient, segment: Segment, requestId: string) => Promise<{ readonly replayed: boolean }>;
  /** The same with other content. */
  readonly other: (client: SegmentClient, segment: Segment, requestId: string) => Promise<unknown>;
}

const entries = [userInput("hi")];

const WRITES: readonly Write[] = [
  {
    method: "CreateSegment",
    write: (c, { sessionId }, requestId) => c.createSegment({ sessionId, requestId }),
    other: (c, { sessionId }, requestId) => c.createSegment({ sessionId, requestId, state: { systemPrompt: "other" } }),
  },
  {
    method: "CompactSegment",
    write: (c, { segmentId }, requestId) => c.compactSegment({ segmentId, requestId }),
    other: (c, { segmentId }, requestId) => c.compactSegment({ segmentId, requestId, atTurn: 1n }),
  },
  {
    method: "ForkSegment",
    write: (c, { segmentId }, requestId) => c.forkSegment({ segmentId, requestId }),
    other: (c, { segmentId }, requestId) => c.forkSegment({ segmentId, requestId, newSegmentId: newId() }),
  },
  {
    method: "ForkSession from a point",
    write: (c, { segmentId }, requestId) => c.forkSession({ source: { case: "point", value: { segmentId } }, requestId }),
    other: (c, { segmentId }, requestId) =>
      c.forkSession({ source: { case: "point", value: { segmentId } }, newSessionId: newId(), requestId }),
  },
  {
    method: "ForkSession from a state",
    write: (c, _segment, requestId) => c.forkSession({ source: { case: "state", value: {} }, requestId }),
    other: (c, _segment, requestId) => c.forkSession({ source: { case: "state", value: { systemPrompt: "other" } }, requestId }),
  },
  {
    method: "EnsureHeadOrFork",
    write: (c, { segmentId }, requestId) => c.ensureHeadOrFork({ segmentId, entriesWritten: 1n, requestId }),
    other: (c, { segmentId }, requestId) => c.ensureHeadOrFork({ segmentId, entriesWritten: 2n, requestId }),
  },
  {
    method: "Append",
    write: (c, { segmentId }, requestId) => c.append({ segmentId, entries, requestId }),
    other: (c, { segmentId }, requestId) => c.append({ segmentId, entries: [userInput("other")], requestId }),
  },
  {
    method: "SaveDelta",
    write: (c, { segmentId }, requestId) => c.saveDelta({ segmentId, items: [toolOutput("1")], requestId }),
    other: (c, { segmentId }, requestId) => c.saveDelta({ segmentId, items: [toolOutput("2")], requestId }),
  },
  {
    method: "TruncateSegment",
    write: (c, { segmentId }, requestId) => c.truncateSegment({ segmentId, entryCount: 3n, requestId }),
    other: (c, { segmentId }, requestId) => c.truncateSegment({ segmentId, entryCount: 2n, requestId }),
  },
  {
    method: "DeleteSegment",
    write: (c, { segmentId }, requestId) => c.deleteSegment({ segmentId, requestId }),
    other: (c, _segment, requestId) => c.deleteSegment({ segmentId: newId(), requestId }),
  },
  {
    method: "DeleteSession",
    write: (c, { sessionId }, requestId) => c.deleteSession({ sessionId, requestId }),
    other: (c, _segment, requestId) => c.deleteSession({ sessionId: newId(), requestId }),
  },
];

test.each(WRITES)("$method with a known request id writes nothing and gives the first answer, with replayed", async ({ write }) => {
  const { client } = await startTestDaemon();
  const segment = await aSegment(client, { entries: 4 });

  const first = await write(client, segment, "r-1");
  const { headPosition } = await client.getStatus({});
  const again = await write(client, segment, "r-1");

  expect(first.replayed).toBe(false);
  expect(again).toEqual({ ...first, replayed: true });
  expect(await client.getStatus({})).toMatchObject({ headPosition });
});

test.each(WRITES)("$method gives its first answer again after a restart, and when everything it was about is gone", async ({ write }) => {
  const { client, daemon, folder } = await startTestDaemon();
  const segment = await aSegment(client, { entries: 4 });
  const first = await write(client, segment, "r-1");
  if (await exists(client, segment.sessionId)) await client.deleteSession({ sessionId: segment.sessionId });
  client.close();
  await daemon.close();

  const { client: laterClient } = await startTestDaemon({ folder });
  const again = await write(laterClient, segment, "r-1");

  expect(again).toEqual({ ...first, replayed: true });
});

test.each(WRITES)("$method refuses a request id that stood for other content", async ({ write, other }) => {
  const { client } = await startTestDaemon();
  const segment = await aSegment(client, { entries: 4 });
  await write(client, segment, "r-1");

  const refusal = await refusalOf(other(client, segment, "r-1"));

  expect(refusal).toMatchObject({ code: "INVALID_ARGUMENT", reason: "REQUEST_ID_REUSED" });
});

test.each(WRITES)(
  "$method without a request id is a write of its own each time, or refused by what the first one did",
  async ({ write }) => {
    const { client } = await startTestDaemon();
    const segment = await aSegment(client, { entries: 4 });

    await write(client, segment, "");
    const again = await write(client, segment, "").catch((error: unknown) => error);

    expect(again).not.toMatchObject({ replayed: true });
  },
);

test("a request id is of one method: on another it is refused", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  await client.deleteSegment({ segmentId: (await aSegment(client)).segmentId, requestId: "r-1" });

  const refusal = await refusalOf(client.forkSegment({ segmentId, requestId: "r-1" }));

  expect(refusal).toMatchObject({ reason: "REQUEST_ID_REUSED" });
});

test("two methods whose requests are the same bytes do not share an answer", async () => {
  const { client } = await startTestDaemon();
  const session = await aSegment(client);
  const { segmentId } = await aSegment(client, { sessionId: session.sessionId });
  // DeleteSegmentRequest and DeleteSessionRequest have the same fields by number.
  await client.deleteSegment({ segmentId, requestId: "r-1" });

  const refusal = await refusalOf(client.deleteSession({ sessionId: segmentId, requestId: "r-1" }));

  expect(refusal).toMatchObject({ reason: "REQUEST_ID_REUSED" });
});

test("the request id is looked up before the precondition is checked", async () => {
  const { client } = await startTestDaemon();
  const { segmentId, headPosition } = await aSegment(client, { entries: 3 });
  const append = (onConflict: OnConflict) => ({
    segmentId,
    entries,
    precondition: { entryCount: 3n, headPosition },
    onConflict,
    requestId: `r-${onConflict}`,
  });
  const first = await client.append(append(OnConflict.FAIL));
  await client.append({ segmentId, entries });

  const again = await client.append(append(OnConflict.FAIL));

  expect(again).toEqual({ ...first, replayed: true });
  expect(await segmentOf(client, segmentId)).toMatchObject({ entryCount: 5n });
});

test("a retry of an append that became a fork gives that fork again, not another one", async () => {
  const { client } = await startTestDaemon();
  const { segmentId, sessionId } = await aSegment(client, { entries: 3 });
  const append = { segmentId, entries, precondition: { entryCount: 2n }, onConflict: OnConflict.FORK, requestId: "r-1" };
  const first = await client.append(append);

  const again = await client.append(append);

  expect(first).toMatchObject({ forked: true, replayed: false });
  expect(again).toEqual({ ...first, replayed: true });
  expect((await client.listSegments({ sessionId })).segments).toHaveLength(2);
});

test("only success is remembered", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });
  const early = { segmentId, entries, precondition: { entryCount: 4n }, requestId: "r-1" };
  await refusalOf(client.append(early));
  await client.append({ segmentId, entries });

  const retried = await client.append(early);

  expect(retried).toMatchObject({ replayed: false, firstIndex: 4n });
});

test("an id whose request was refused may go with other content", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  await refusalOf(client.forkSegment({ segmentId, at: { case: "turn", value: 9n }, requestId: "r-1" }));

  const forked = await client.forkSegment({ segmentId, requestId: "r-1" });

  expect(forked).toMatchObject({ replayed: false });
});

test("what wrote nothing is not remembered", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });

  const kept = await client.truncateSegment({ segmentId, entryCount: 3n, requestId: "r-1" });
  const held = await client.ensureHeadOrFork({ segmentId, entriesWritten: 3n, requestId: "r-1" });
  const skipped = await client.saveDelta({ segmentId, items: [textMessage(1, "hi")], requestId: "r-1" });
  const written = await client.append({ segmentId, entries, requestId: "r-1" });

  expect([kept, held, skipped, written].map(({ replayed }) => replayed)).toEqual([false, false, false, false]);
});

test("a truncation that found nothing to cut cuts when it is sent again later", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });
  const truncate = { segmentId, entryCount: 3n, requestId: "r-1" };
  await client.truncateSegment(truncate);
  await client.append({ segmentId, entries });

  expect(await client.truncateSegment(truncate)).toMatchObject({ removedCount: 1n, replayed: false });
  expect(await client.truncateSegment(truncate)).toMatchObject({ removedCount: 1n, replayed: true });
});

test("many retries at once write once", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);

  const answers = await Promise.all(Array.from({ length: 50 }, () => client.append({ segmentId, entries, requestId: "r-1" })));

  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(new Set(answers.map(({ headPosition }) => headPosition)).size).toBe(1);
  expect(await segmentOf(client, segmentId)).toMatchObject({ entryCount: 2n });
});

test("many forks of a session at once with one request id make one session", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 5 });
  const fork = { source: { case: "point" as const, value: { segmentId } }, requestId: "r-1" };

  const answers = await Promise.all(Array.from({ length: 10 }, () => client.forkSession(fork)));

  expect(new Set(answers.map(({ segment }) => segment?.sessionId)).size).toBe(1);
  expect((await client.listSessions({})).sessions).toHaveLength(2);
});

test("content is compared as the bytes sent: another encoding of the same request is other content", async () => {
  const { client, socket } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const request = toBinary(AppendRequestSchema, create(AppendRequestSchema, { segmentId, entries, requestId: "r-1" }));
  const service = rawService(socket);
  await service.answer("append", request);

  const unspecified = Buffer.concat([request, Buffer.from([4 << 3, 0])]);
  const refusal = await refusalOf(service.answer("append", unspecified));

  expect(refusal).toMatchObject({ reason: "REQUEST_ID_REUSED" });
});

test("a unit of a stream and a call of its own with the same request are retries of each other", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const append = { segmentId, entries, requestId: "r-1" };
  const first = await client.append(append);

  const [answer] = await collected(client.appendStream([{ correlationId: 1n, append }]));

  expect(answer?.outcome).toMatchObject({ case: "appended", value: { headPosition: first.headPosition, replayed: true } });
});

const BAD_REQUEST_IDS = ["x".repeat(65), "a b", "a\n", "\u007f", "é", "a\u0000", "\ttab"];

test.each(BAD_REQUEST_IDS)("%j is not a request id", async (requestId) => {
  const { client } = await startTestDaemon();
  const segment = await aSegment(client, { entries: 4 });

  for (const { write } of WRITES) {
    expect(await refusalOf(write(client, segment, requestId))).toMatchObject({
      code: "INVALID_ARGUMENT",
      reason: "INVALID_FIELD",
      fields: ["request_id"],
    });
  }
  expect(await entriesOf(client, segment.segmentId)).toHaveLength(4);
});

test("a request id may be of 1 to 64 visible ASCII characters, whichever", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const visible = Array.from({ length: 0x7e - 0x20 }, (_, i) => String.fromCharCode(0x21 + i));

  for (const requestId of ["x".repeat(64), ...visible]) {
    await client.append({ segmentId, entries, requestId });
    expect(await client.append({ segmentId, entries, requestId })).toMatchObject({ replayed: true });
  }
});

async function exists(client: SegmentClient, sessionId: string): Promise<boolean> {
  return client.getSession({ sessionId }).then(
    () => true,
    () => false,
  );
}
