import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { Code } from "../../gen/google/rpc/code_pb.js";
import {
  type AppendRequestSchema,
  AppendStreamRequestSchema,
  type AppendStreamResponse,
  AppendStreamResponseSchema,
  OnConflict,
} from "../../gen/seglog/v1/segment_service_pb.js";
import { aSegment, collected, entriesOf, newId, segmentOf } from "../support/a-segment.js";
import { entryOfBytes, extension, userInput } from "../support/entries.js";
import { rawService } from "../support/raw-service.js";
import { grpcRefusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

type Unit = MessageInitShape<typeof AppendRequestSchema>;

/** Units as messages of a stream, numbered from 1. */
function numbered(...units: Unit[]): MessageInitShape<typeof AppendStreamRequestSchema>[] {
  return units.map((append, i) => ({ correlationId: BigInt(i + 1), append }));
}

/** What became of units: where an appended one begins, or the reason of a refusal. */
function outcomes(answers: readonly AppendStreamResponse[]): (bigint | string)[] {
  return answers.map(({ outcome }) => {
    if (outcome.case === "appended") return outcome.value.firstIndex;
    return outcome.case === "error" ? outcome.value.reason : "none";
  });
}

const entries = [userInput("hi")];

test("units are appended in their order and answered in it, each under its number", async () => {
  const { client } = await startTestDaemon();
  const [a, b] = [await aSegment(client), await aSegment(client)];
  const units = Array.from({ length: 50 }, (_, i): Unit => ({ segmentId: (i % 2 === 0 ? a : b).segmentId, entries: [userInput(`${i}`)] }));

  const answers = await collected(client.appendStream(numbered(...units)));

  expect(answers.map(({ correlationId }) => correlationId)).toEqual(units.map((_, i) => BigInt(i + 1)));
  expect(outcomes(answers)).toEqual(units.map((_, i) => BigInt(Math.floor(i / 2) + 1)));
  expect((await entriesOf(client, a.segmentId)).slice(1)).toMatchObject(
    units.filter((_, i) => i % 2 === 0).map((unit) => unit.entries?.[0]),
  );
});

test("correlation ids are the writer's: any number, also one that repeats", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const ids = [0n, 7n, 7n, 2n ** 64n - 1n, 2n ** 53n + 1n, 1n];

  const answers = await collected(client.appendStream(ids.map((correlationId) => ({ correlationId, append: { segmentId, entries } }))));

  expect(answers.map(({ correlationId }) => correlationId)).toEqual(ids);
});

test("a stream without units ends without answers", async () => {
  const { client } = await startTestDaemon();

  expect(await collected(client.appendStream([]))).toEqual([]);
});

test("an answer comes as soon as its unit is durable, not at the end of the stream", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const answered: bigint[] = [];
  let goOn = () => {};
  async function* units() {
    for (let i = 1n; i <= 3n; i++) {
      const next = new Promise<void>((resolve) => (goOn = resolve));
      yield { correlationId: i, append: { segmentId, entries, precondition: { entryCount: i } } };
      await next;
    }
  }

  for await (const { correlationId } of client.appendStream(units())) {
    answered.push(correlationId);
    goOn();
  }

  expect(answered).toEqual([1n, 2n, 3n]);
});

test("10,000 units of one stream, pipelined, are appended in order", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const count = 10_000;
  function* units() {
    for (let i = 1; i <= count; i++)
      yield { correlationId: BigInt(i), append: { segmentId, entries: [userInput(`${i}`)], precondition: { entryCount: BigInt(i) } } };
  }

  const answers = await collected(client.appendStream(units()));

  expect(answers).toHaveLength(count);
  expect(answers.every(({ correlationId, outcome }, i) => correlationId === BigInt(i + 1) && outcome.case === "appended")).toBe(true);
  const texts = (await entriesOf(client, segmentId)).slice(1).map(({ kind }) => kind);
  expect(texts).toMatchObject(Array.from({ length: count }, (_, i) => userInput(`${i + 1}`).kind));
});

test("an error carries code, message, reason and facts, and ends neither the stream nor the units behind it", async () => {
  const { client } = await startTestDaemon();
  const [segment, other] = [await aSegment(client, { entries: 3 }), await aSegment(client)];
  const missing = newId();

  const answers = await collected(
    client.appendStream(
      numbered(
        { segmentId: segment.segmentId, entries, precondition: { entryCount: 9n } },
        { segmentId: missing, entries },
        { segmentId: other.segmentId, entries },
      ),
    ),
  );

  expect(answers).toMatchObject([
    {
      correlationId: 1n,
      outcome: {
        case: "error",
        value: {
          code: Code.ABORTED,
          reason: "HEAD_MISMATCH",
          metadata: { segment_id: segment.segmentId, entry_count: "3", head_position: String(segment.headPosition) },
        },
      },
    },
    {
      correlationId: 2n,
      outcome: { case: "error", value: { code: Code.NOT_FOUND, reason: "SEGMENT_NOT_FOUND", metadata: { segment_id: missing } } },
    },
    { correlationId: 3n, outcome: { case: "appended", value: { segmentId: other.segmentId, firstIndex: 1n } } },
  ]);
  expect(answers[0]?.outcome.value).toHaveProperty("message", expect.stringContaining(segment.segmentId));
});

test("a bad field is named by its path in the unit", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);

  const answers = await collected(
    client.appendStream(
      numbered({ segmentId, entries: [userInput("hi"), extension("x", "{")] }, {}, { segmentId: "garbage", entries }, { segmentId }),
    ),
  );

  expect(answers.map(({ outcome }) => outcome.case === "error" && outcome.value.metadata["field"])).toEqual([
    "append.entries[1].extension.payload_json",
    "append.segment_id",
    "append.segment_id",
    "append.entries",
  ]);
});

test("behind a refused unit, later units for the same segment are fenced, and only those", async () => {
  const { client } = await startTestDaemon();
  const [a, b] = [await aSegment(client), await aSegment(client)];
  const unit = (segmentId: string, entryCount: bigint): Unit => ({ segmentId, entries, precondition: { entryCount } });

  const answers = await collected(
    client.appendStream(
      numbered(unit(a.segmentId, 1n), unit(a.segmentId, 1n), unit(a.segmentId, 2n), unit(b.segmentId, 1n), {
        segmentId: a.segmentId,
        entries,
      }),
    ),
  );

  expect(outcomes(answers)).toEqual([1n, "HEAD_MISMATCH", "STREAM_FENCED", 1n, "STREAM_FENCED"]);
  expect(answers[2]?.outcome).toMatchObject({ case: "error", value: { code: Code.ABORTED, metadata: { segment_id: a.segmentId } } });
  expect(await segmentOf(client, a.segmentId)).toMatchObject({ entryCount: 2n });
});

const REFUSED: readonly (readonly [reason: string, unit: (segmentId: string) => Unit])[] = [
  ["HEAD_MISMATCH", (segmentId) => ({ segmentId, entries, precondition: { entryCount: 9n } })],
  ["INVALID_FIELD", (segmentId) => ({ segmentId, entries: [{}] })],
  ["INVALID_FIELD", (segmentId) => ({ segmentId, entries: [] })],
  ["ENTRY_TOO_LARGE", (segmentId) => ({ segmentId, entries: [entryOfBytes(3001)] })],
  ["REQUEST_ID_REUSED", (segmentId) => ({ segmentId, entries, requestId: "taken" })],
];

test.each(REFUSED)("a unit refused with %s fences what is pipelined behind it", async (reason, refused) => {
  const { client } = await startTestDaemon({ limits: { entryBytesMax: 3000 } });
  await client.append({ segmentId: (await aSegment(client)).segmentId, entries, requestId: "taken" });
  const { segmentId } = await aSegment(client);
  const units: Unit[] = Array.from({ length: 100 }, () => ({ segmentId, entries })); // many share a commit

  const answers = await collected(client.appendStream(numbered(...units, refused(segmentId), ...units)));

  expect(outcomes(answers)).toEqual([...units.map((_, i) => BigInt(i + 1)), reason, ...units.map(() => "STREAM_FENCED")]);
  expect(await segmentOf(client, segmentId)).toMatchObject({ entryCount: 101n });
});

test("a segment that does not exist is fenced too", async () => {
  const { client } = await startTestDaemon();
  const unit = { segmentId: newId(), entries };

  expect(outcomes(await collected(client.appendStream(numbered(unit, unit))))).toEqual(["SEGMENT_NOT_FOUND", "STREAM_FENCED"]);
});

test("a unit that became a fork fences the segment that it was for, not the fork", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });
  let fork = "";
  let forked = () => {};
  const isForked = new Promise<void>((resolve) => (forked = resolve));
  async function* units() {
    const conflict = { segmentId, entries, precondition: { entryCount: 2n }, onConflict: OnConflict.FORK };
    yield { correlationId: 1n, append: conflict };
    yield { correlationId: 2n, append: { segmentId, entries } };
    await isForked;
    yield { correlationId: 3n, append: { segmentId: fork, entries } };
    yield { correlationId: 4n, append: conflict };
  }

  const answers: AppendStreamResponse[] = [];
  for await (const answer of client.appendStream(units())) {
    answers.push(answer);
    if (answer.outcome.case === "appended") fork ||= answer.outcome.value.segmentId;
    forked();
  }

  expect(outcomes(answers)).toEqual([1n, "STREAM_FENCED", 2n, "STREAM_FENCED"]);
  expect(answers[0]?.outcome.value).toMatchObject({ forked: true });
  expect((await client.listSegments({})).segments).toHaveLength(2);
});

test("a fence is of one stream: a new one goes on", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  await collected(client.appendStream(numbered({ segmentId, entries, precondition: { entryCount: 9n } })));

  const answers = await collected(client.appendStream(numbered({ segmentId, entries })));

  expect(outcomes(answers)).toEqual([1n]);
});

test("a request id that is known is answered even behind a fence", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const known = { segmentId, entries, requestId: "r-1" };
  const first = await client.append(known);

  const answers = await collected(
    client.appendStream(numbered({ segmentId, entries, precondition: { entryCount: 9n } }, known, { segmentId, entries })),
  );

  expect(outcomes(answers)).toEqual(["HEAD_MISMATCH", 1n, "STREAM_FENCED"]);
  expect(answers[1]?.outcome.value).toMatchObject({ replayed: true, headPosition: first.headPosition });
});

test("a replayed fork fences too, a replayed append does not", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });
  const fork = { segmentId, entries, precondition: { entryCount: 2n }, onConflict: OnConflict.FORK, requestId: "fork" };
  const plain = { segmentId, entries, requestId: "plain" };
  await client.append(fork);
  await client.append(plain);

  const answers = await collected(client.appendStream(numbered(plain, { segmentId, entries }, fork, { segmentId, entries })));

  expect(outcomes(answers)).toEqual([3n, 4n, 1n, "STREAM_FENCED"]);
});

test("the same unit twice in one stream is appended once", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const unit = { segmentId, entries, requestId: "r-1" };

  const answers = await collected(client.appendStream(numbered(unit, unit)));

  expect(outcomes(answers)).toEqual([1n, 1n]);
  expect(await segmentOf(client, segmentId)).toMatchObject({ entryCount: 2n });
});

test("ids in another form are the same segment to a fence", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);

  const answers = await collected(
    client.appendStream(
      numbered({ segmentId, entries, precondition: { entryCount: 9n } }, { segmentId: segmentId.toLowerCase(), entries }),
    ),
  );

  expect(outcomes(answers)).toEqual(["HEAD_MISMATCH", "STREAM_FENCED"]);
});

test("a unit whose segment cannot be read fences nothing", async () => {
  const { client, socket } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const [good] = numbered({ segmentId, entries }).map((unit) =>
    toBinary(AppendStreamRequestSchema, create(AppendStreamRequestSchema, unit)),
  );
  const [badId] = numbered({ segmentId: `${segmentId}x`, entries }).map((unit) =>
    toBinary(AppendStreamRequestSchema, create(AppendStreamRequestSchema, unit)),
  );
  const torn = Buffer.from([8, 5, 0x12, 2, 0x0a, 26]); // correlation 5; an append whose segment_id breaks off

  const answers = await collected(rawService(socket).answers("appendStream", good!, badId!, torn, good!));

  expect(outcomes(answers.map((bytes) => fromBinary(AppendStreamResponseSchema, bytes)))).toEqual([
    1n,
    "INVALID_FIELD",
    "INVALID_FIELD",
    2n,
  ]);
});

test("a malformed message of the stream is answered in its turn, and the stream goes on", async () => {
  const { client, socket } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const [good] = numbered({ segmentId, entries }).map((unit) =>
    toBinary(AppendStreamRequestSchema, create(AppendStreamRequestSchema, unit)),
  );
  const garbage = Buffer.from([0xff, 0xff, 0xff]);

  const answers = await collected(rawService(socket).answers("appendStream", garbage, good!, Buffer.alloc(0), good!));

  const decoded = answers.map((bytes) => fromBinary(AppendStreamResponseSchema, bytes));
  expect(outcomes(decoded)).toEqual(["INVALID_FIELD", 1n, "INVALID_FIELD", 2n]);
  expect(decoded.map(({ correlationId }) => correlationId)).toEqual([0n, 1n, 0n, 1n]);
  expect(decoded[0]?.outcome).toMatchObject({ case: "error", value: { code: Code.INVALID_ARGUMENT } });
});

test("a message above 4 MiB ends the stream, and what came before it is there", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const MIB = 1024 * 1024;
  const huge = [entryOfBytes(2.5 * MIB), entryOfBytes(2.5 * MIB)];

  const refusal = await grpcRefusalOf(collected(client.appendStream(numbered({ segmentId, entries }, { segmentId, entries: huge }))));

  expect(refusal).toMatchObject({ code: "RESOURCE_EXHAUSTED" });
});

test("what was appended before a client leaves stays, and nothing is appended twice", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  function* endless() {
    for (let i = 1n; ; i++) yield { correlationId: i, append: { segmentId, entries, precondition: { entryCount: i } } };
  }
  let answered = 0n;

  for await (const { correlationId } of client.appendStream(endless())) {
    answered = correlationId;
    if (answered === 500n) break;
  }

  const { entryCount } = await segmentOf(client, segmentId);
  expect(entryCount).toBeGreaterThanOrEqual(answered + 1n);
});

test("units that must wait for a truncation to be carried out stay in their order", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const units = (count: number) => numbered(...Array.from({ length: count }, (_, i) => ({ segmentId, entries: [userInput(`${i}`)] })));
  await collected(client.appendStream(units(5000))); // a record each, which are removed in steps
  await client.truncateSegment({ segmentId, entryCount: 1n });

  const answers = await collected(client.appendStream(units(2000)));

  expect(outcomes(answers)).toEqual(answers.map((_, i) => BigInt(i + 1)));
  expect((await entriesOf(client, segmentId)).slice(1)).toMatchObject(answers.map((_, i) => userInput(`${i}`)));
});
