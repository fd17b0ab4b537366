import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { expect, test } from "vitest";
import { type Entry, EntrySchema } from "../../gen/seglog/v1/entry_pb.js";
import {
  AppendRequestSchema,
  EntryBatchesSchema,
  EntryBatchSchema,
  EntryKind,
  ReadEntriesRequestSchema,
  ReadEntriesResponseSchema,
  TailEdge,
  TailRequestSchema,
  TailResponseSchema,
} from "../../gen/seglog/v1/segment_service_pb.js";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { aSegment, collected, entriesOf, newId, someEntries } from "../support/a-segment.js";
import {
  assistantText,
  type EntryInit,
  entryOfBytes,
  foreign,
  openingHistory,
  runCompleted,
  segmentStart,
  toolResult,
  turnEnd,
  usage,
  userInput,
} from "../support/entries.js";
import { nestedBytes } from "../support/nested-bytes.js";
import { rawService } from "../support/raw-service.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

const MIB = 1024 * 1024;

type Asked = Parameters<SegmentClient["readEntries"]>[0];

/** Entries as `<segment>:<index>` in the order in which they come, the segments by number. */
async function places(client: SegmentClient, segmentIds: readonly string[], asked: Asked): Promise<string[]> {
  const found: string[] = [];
  for await (const { segmentId, entries } of client.readEntries(asked)) {
    for (const { index } of entries) found.push(`${segmentIds.indexOf(segmentId)}:${index}`);
  }
  return found;
}

async function indexes(client: SegmentClient, asked: Asked): Promise<number[]> {
  return (await collected(client.readEntries(asked))).flatMap(({ entries }) => entries.map(({ index }) => Number(index)));
}

test("a segment is read from its first entry to its head, each with index, position and time", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { log: [userInput("a"), turnEnd(1n)] });

  const messages = await collected(client.readEntries({ segmentId }));

  expect(messages.map((message) => message.segmentId)).toEqual([segmentId]);
  expect(messages[0]?.entries).toMatchObject([
    { index: 0n, position: 1n, time: {}, kind: { case: "segmentStart" } },
    { index: 1n, position: 2n, time: {}, ...userInput("a") },
    { index: 2n, position: 3n, time: {}, ...turnEnd(1n) },
  ]);
});

const RANGES: readonly (readonly [
  asked: Omit<Exclude<Asked, { $typeName: string }>, "segmentId" | "$typeName">,
  wanted: readonly number[],
])[] = [
  [{}, [0, 1, 2, 3, 4, 5]],
  [{ fromIndex: 0n }, [0, 1, 2, 3, 4, 5]],
  [{ fromIndex: 4n }, [4, 5]],
  [{ fromIndex: 5n }, [5]],
  [{ fromIndex: 6n }, []],
  [{ fromIndex: 2n ** 64n - 1n }, []],
  [{ limit: 2n }, [0, 1]],
  [{ fromIndex: 3n, limit: 2n }, [3, 4]],
  [{ fromIndex: 3n, limit: 2n ** 64n - 1n }, [3, 4, 5]],
  [{ backward: true }, [5, 4, 3, 2, 1, 0]],
  [{ backward: true, fromIndex: 2n }, [2, 1, 0]],
  [{ backward: true, fromIndex: 0n }, [0]],
  [{ backward: true, fromIndex: 6n }, []],
  [{ backward: true, fromIndex: 600n }, []],
  [{ backward: true, limit: 2n }, [5, 4]],
  [{ backward: true, fromIndex: 3n, limit: 3n }, [3, 2, 1]],
];

test.each(RANGES.map(([asked, wanted]) => ({ asked, wanted })))("of 6 entries, $asked gives $wanted", async ({ asked, wanted }) => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });
  await client.append({ segmentId, entries: someEntries(3) });

  expect(await indexes(client, { segmentId, ...asked })).toEqual(wanted);
});

test("every kind can be asked for by itself, together they are all", async () => {
  const { client } = await startTestDaemon();
  const [sessionId, segmentId] = [newId(), newId()];
  const log: EntryInit[] = [
    segmentStart(sessionId),
    openingHistory(),
    foreign("{}"),
    userInput("a"),
    { kind: { case: "invoke", value: { trigger: 1 } } },
    assistantText("b"),
    toolResult("1"),
    { kind: { case: "systemItem", value: {} } },
    turnEnd(1n),
    runCompleted(),
    { kind: { case: "runErrored", value: {} } },
    { kind: { case: "configChanged", value: {} } },
    usage(1n),
    { kind: { case: "extension", value: { payloadJson: "1" } } },
    { kind: { case: "pausedTurnAbandoned", value: {} } },
  ];
  await client.importSegment([{ sessionId, segmentId, entries: log }]);
  const kinds = Object.values(EntryKind).filter((kind): kind is EntryKind => typeof kind === "number" && kind !== EntryKind.UNSPECIFIED);

  const singles = await Promise.all(kinds.map((kind) => collected(client.readEntries({ segmentId, kinds: [kind] }))));

  const names = singles.map((messages) => messages.flatMap(({ entries }) => entries.map(({ kind }) => kind.case)));
  expect(kinds).toHaveLength(log.length);
  expect(names).toEqual(kinds.map((kind) => [camelCase(EntryKind[kind])]));
  expect(await indexes(client, { segmentId, kinds })).toEqual(log.map((_, i) => i));
});

test("the limit counts what passes the filter", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { log: [...someEntries(3), turnEnd(1n), ...someEntries(3), turnEnd(2n), turnEnd(3n)] });
  const kinds = [EntryKind.TURN_END];

  expect(await indexes(client, { segmentId, kinds })).toEqual([4, 8, 9]);
  expect(await indexes(client, { segmentId, kinds, limit: 2n })).toEqual([4, 8]);
  expect(await indexes(client, { segmentId, kinds, limit: 2n, backward: true })).toEqual([9, 8]);
  expect(await indexes(client, { segmentId, kinds, limit: 1n, backward: true, fromIndex: 7n })).toEqual([4]);
  expect(await indexes(client, { segmentId, kinds: [EntryKind.LLM_USAGE] })).toEqual([]);
  expect(await indexes(client, { segmentId, kinds: [99 as EntryKind] })).toEqual([]); // a kind of a later contract
});

test("an unspecified kind is refused", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);

  const refusal = await refusalOf(collected(client.readEntries({ segmentId, kinds: [EntryKind.TURN_END, EntryKind.UNSPECIFIED] })));

  expect(refusal).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: ["kinds[1]"] });
});

test("backward reading goes on into what is inherited, base after base, each from its own point", async () => {
  const { client } = await startTestDaemon();
  const root = await aSegment(client, { entries: 5 });
  const { segment: middle } = await client.forkSegment({ segmentId: root.segmentId, at: { case: "entryCount", value: 3n } });
  await client.append({ segmentId: middle!.segmentId, entries: someEntries(3) });
  const { segment: leaf } = await client.forkSegment({ segmentId: middle!.segmentId, at: { case: "entryCount", value: 2n } });
  await client.append({ segmentId: leaf!.segmentId, entries: someEntries(1) });
  const ids = [root.segmentId, middle!.segmentId, leaf!.segmentId];
  const asked = { segmentId: leaf!.segmentId, backward: true, inherited: true };

  expect(await places(client, ids, asked)).toEqual(["2:1", "2:0", "1:1", "1:0", "0:2", "0:1", "0:0"]);
  expect(await places(client, ids, { ...asked, limit: 5n })).toEqual(["2:1", "2:0", "1:1", "1:0", "0:2"]);
  expect(await places(client, ids, { ...asked, fromIndex: 0n })).toEqual(["2:0", "1:1", "1:0", "0:2", "0:1", "0:0"]);
  expect(await places(client, ids, { ...asked, kinds: [EntryKind.USER_INPUT] })).toEqual(["2:1", "1:1", "0:1"]);
  expect(await places(client, ids, { ...asked, inherited: false })).toEqual(["2:1", "2:0"]);
  expect(await places(client, ids, { ...asked, fromIndex: 2n })).toEqual([]); // past the head
  expect(await places(client, ids, { ...asked, segmentId: root.segmentId })).toEqual(["0:4", "0:3", "0:2", "0:1", "0:0"]);
});

test("what is inherited is only read backward", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);

  const refusal = await refusalOf(collected(client.readEntries({ segmentId, inherited: true })));

  expect(refusal).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: ["inherited"] });
});

test("a segment that does not exist is refused", async () => {
  const { client } = await startTestDaemon();

  expect(await refusalOf(collected(client.readEntries({ segmentId: newId() })))).toMatchObject({
    code: "NOT_FOUND",
    reason: "SEGMENT_NOT_FOUND",
  });
});

test.each([false, true])("no message is above 1 MiB, unless a single entry is (backward: %s)", async (backward) => {
  const { client, socket } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  for (let i = 0; i < 6; i++) await client.append({ segmentId, entries: Array.from({ length: 500 }, () => entryOfBytes(1000)) });
  for (const bytes of [3 * MIB, 900_000, 900_000, MIB, 1000]) await client.append({ segmentId, entries: [entryOfBytes(bytes)] });
  const request = toBinary(ReadEntriesRequestSchema, create(ReadEntriesRequestSchema, { segmentId, backward }));

  const messages = await collected(rawService(socket).answers("readEntries", request));

  const counts = messages.map((message) => nestedBytes(message, ReadEntriesResponseSchema.field.entries.number).length);
  expect(counts.reduce((sum, count) => sum + count)).toBe(3006);
  const tooLarge = messages.filter(({ length }, i) => length > MIB && counts[i] !== 1);
  expect(tooLarge.map(({ length }) => length)).toEqual([]);
  expect(messages.length).toBeLessThan(12);
});

test("entries that are appended while a segment is read are not given", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { log: Array.from({ length: 3 }, () => entryOfBytes(MIB)) });
  for (let i = 0; i < 10; i++) await client.append({ segmentId, entries: Array.from({ length: 3 }, () => entryOfBytes(MIB)) });
  const read: Entry[] = [];

  for await (const { entries } of client.readEntries({ segmentId })) {
    if (read.length === 0) await client.append({ segmentId, entries: [userInput("late")] });
    read.push(...entries);
  }

  expect(read.map(({ index }) => Number(index))).toEqual(Array.from({ length: 34 }, (_, i) => i));
});

const CHANGES: readonly (readonly [why: string, change: (client: SegmentClient, segmentId: string) => Promise<unknown>])[] = [
  ["cut back", (c, segmentId) => c.truncateSegment({ segmentId, entryCount: 3n })],
  [
    "cut back and grown again",
    async (c, segmentId) => {
      await c.truncateSegment({ segmentId, entryCount: 3n });
      await c.append({ segmentId, entries: someEntries(100) });
    },
  ],
  ["deleted", (c, segmentId) => c.deleteSegment({ segmentId })],
  [
    "deleted with its session",
    async (c, segmentId) => c.deleteSession({ sessionId: (await c.getSegment({ segmentId })).segment!.sessionId }),
  ],
  [
    "deleted and created again",
    async (c, segmentId) => {
      await c.deleteSegment({ segmentId });
      await c.createSegment({ segmentId });
      await c.append({ segmentId, entries: someEntries(100) });
    },
  ],
];

test.each(CHANGES.flatMap(([why, change]) => [false, true].map((backward) => ({ why, change, backward }))))(
  "a segment that is $why while it is read ends the reading (backward: $backward)",
  async ({ change, backward }) => {
    const { client } = await startTestDaemon();
    const { segmentId } = await aSegment(client, { entries: 3 });
    const large = entryOfBytes(MIB); // a message each, of which a client takes 16 before they are read
    for (let i = 0; i < 10; i++) await client.append({ segmentId, entries: [large, large, large] });
    let isChanged = false;
    const read = async () => {
      // A reader that stands still: more than a connection holds is not sent before it goes on.
      for await (const _ of client.readEntries({ segmentId, backward })) {
        if (!isChanged) await change(client, segmentId);
        isChanged = true;
      }
    };

    const refusal = await refusalOf(read());

    expect(refusal).toMatchObject({ code: "ABORTED", reason: "SEGMENT_CHANGED", metadata: { segment_id: segmentId } });
  },
);

test("entries come back byte for byte: unknown kinds and fields, whatever the order of fields", async () => {
  const { client, socket } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const service = rawService(socket);
  const append = new BinaryWriter().raw(toBinary(AppendRequestSchema, create(AppendRequestSchema, { segmentId })));
  for (const bytes of SENT) append.tag(AppendRequestSchema.field.entries.number, WireType.LengthDelimited).bytes(bytes);

  await service.answer("append", append.finish());
  const read = await collected(
    service.answers("readEntries", toBinary(ReadEntriesRequestSchema, create(ReadEntriesRequestSchema, { segmentId, fromIndex: 1n }))),
  );
  const tailed = await entriesOfTail(service, segmentId);

  const [, first] = await entriesOf(client, segmentId);
  const wanted = SENT.map((bytes, i) => {
    const place = toBinary(EntrySchema, create(EntrySchema, { index: BigInt(i + 1), position: BigInt(i + 2) }));
    const time = create(EntrySchema, { time: first!.time! });
    return hex(Buffer.concat([bytes, place, nestedBytes(bytes, 3).length > 0 ? Buffer.alloc(0) : toBinary(EntrySchema, time)]));
  });
  expect(read.flatMap((message) => nestedBytes(message, ReadEntriesResponseSchema.field.entries.number)).map(hex)).toEqual(wanted);
  expect(tailed.slice(1).map(hex)).toEqual(wanted);
});

const UNKNOWN_FIELD = new BinaryWriter().tag(150, WireType.LengthDelimited).string("ünknown").finish();
const INPUT = toBinary(EntrySchema, create(EntrySchema, userInput("a")));
const TIME = toBinary(EntrySchema, create(EntrySchema, { time: { seconds: 5n, nanos: 7 } }));
const FORGED_PLACE = toBinary(EntrySchema, create(EntrySchema, { index: 99n, position: 2n ** 63n }));

/** Entries as no client of today writes them. */
const SENT: readonly Uint8Array[] = [
  new BinaryWriter().tag(42, WireType.LengthDelimited).string("a later kind").finish(),
  new BinaryWriter()
    .tag(99, WireType.Varint)
    .uint64(2n ** 64n - 1n)
    .finish(),
  new BinaryWriter().tag(19, WireType.Bit64).fixed64(1n).finish(),
  new BinaryWriter().tag(20, WireType.StartGroup).tag(1, WireType.Varint).int32(1).tag(20, WireType.EndGroup).finish(),
  Buffer.concat([UNKNOWN_FIELD, INPUT, UNKNOWN_FIELD]),
  Buffer.concat([INPUT, TIME, UNKNOWN_FIELD, FORGED_PLACE]),
  Buffer.concat([TIME, TIME, INPUT]),
  Buffer.from([0x52, 0x82, 0x00, 0x08, 0x05]), // a turn_end whose length takes a byte more than it needs
  new BinaryWriter()
    .tag(10, WireType.LengthDelimited)
    .bytes(Buffer.concat([UNKNOWN_FIELD, Buffer.from([8, 3])]))
    .finish(),
];

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

async function entriesOfTail(service: ReturnType<typeof rawService>, segmentId: string): Promise<Uint8Array[]> {
  const request = { scope: { case: "segmentId" as const, value: segmentId }, start: { case: "edge" as const, value: TailEdge.BEGINNING } };
  const path = [TailResponseSchema.field.entries.number, EntryBatchesSchema.field.batches.number, EntryBatchSchema.field.entries.number];
  const found: Uint8Array[] = [];
  for await (const message of service.answers("tail", toBinary(TailRequestSchema, create(TailRequestSchema, request)))) {
    if (nestedBytes(message, TailResponseSchema.field.caughtUp.number).length > 0) break;
    found.push(...nestedBytes(message, ...path));
  }
  return found;
}

function camelCase(name: string | undefined): string {
  return (name ?? "").toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
