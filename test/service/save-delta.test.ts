import { expect, test } from "vitest";
import { Role } from "../../gen/seglog/v1/entry_pb.js";
import { OnConflict } from "../../gen/seglog/v1/segment_service_pb.js";
import { aSegment, entriesOf, newId, segmentOf } from "../support/a-segment.js";
import { type ItemInit, textMessage, toolOutput } from "../support/entries.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

const MIB = 1024 * 1024;

const ITEMS: readonly ItemInit[] = [
  textMessage(Role.USER, "asked"),
  textMessage(Role.ASSISTANT, "said"),
  { kind: { case: "reasoning", value: { text: "hm", summary: ["s"], signature: "sig" } } },
  { kind: { case: "toolCall", value: { callId: "1", name: "read", arguments: "{}" } } },
  toolOutput("1", "read 2 lines"),
  textMessage(Role.SYSTEM, "note"),
  textMessage(Role.USER, "asked again"),
];

test("user messages are skipped, tool outputs become tool results, everything else assistant items, in order", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 2 });

  const answer = await client.saveDelta({ segmentId, items: [...ITEMS] });

  const { headPosition } = await segmentOf(client, segmentId);
  expect(answer).toMatchObject({
    segmentId,
    entryCount: 7n,
    savedCount: 5n,
    skippedCount: 2n,
    forked: false,
    firstIndex: 2n,
    headPosition,
    replayed: false,
  });
  const saved = (await entriesOf(client, segmentId)).slice(2);
  expect(saved.map(({ kind }) => kind)).toMatchObject([
    { case: "assistantItem", value: { item: ITEMS[1] } },
    { case: "assistantItem", value: { item: ITEMS[2] } },
    { case: "assistantItem", value: { item: ITEMS[3] } },
    { case: "toolResult", value: { item: ITEMS[4] } },
    { case: "assistantItem", value: { item: ITEMS[5] } },
  ]);
  expect(new Set(saved.map(({ time }) => time?.seconds)).size).toBe(1);
});

test.each([
  ["no items", []],
  ["user messages only", [textMessage(Role.USER, "a"), textMessage(Role.USER, "b")]],
])("with %s nothing is written, no precondition is checked and nothing is forked", async (_, items) => {
  const { client } = await startTestDaemon();
  const segment = await aSegment(client, { entries: 3 });
  const { segmentId, headPosition } = segment;

  for (const onConflict of [OnConflict.FAIL, OnConflict.FORK]) {
    const answer = await client.saveDelta({ segmentId, items, precondition: { entryCount: 1n, headPosition: 99n }, onConflict });
    expect(answer).toMatchObject({
      segmentId,
      entryCount: 3n,
      savedCount: 0n,
      skippedCount: BigInt(items.length),
      forked: false,
      headPosition,
      replayed: false,
    });
    expect(answer.firstIndex).toBeUndefined();
  }
  expect((await client.listSegments({})).segments).toEqual([segment]);
});

test("a segment that does not exist is refused, also where nothing is left to write", async () => {
  const { client } = await startTestDaemon();
  const segmentId = newId();

  for (const items of [[], [toolOutput("1")]]) {
    expect(await refusalOf(client.saveDelta({ segmentId, items }))).toMatchObject({ code: "NOT_FOUND", reason: "SEGMENT_NOT_FOUND" });
  }
});

test("a delta is held to what its writer believes", async () => {
  const { client } = await startTestDaemon();
  const { segmentId, headPosition } = await aSegment(client, { entries: 3 });
  const items = [toolOutput("1")];

  const refusal = await refusalOf(client.saveDelta({ segmentId, items, precondition: { entryCount: 2n } }));
  const answer = await client.saveDelta({ segmentId, items, precondition: { entryCount: 3n, headPosition } });

  expect(refusal).toMatchObject({
    code: "ABORTED",
    reason: "HEAD_MISMATCH",
    metadata: { entry_count: "3", head_position: String(headPosition) },
  });
  expect(answer).toMatchObject({ firstIndex: 3n, savedCount: 1n });
});

test("a conflict becomes a fork where that is asked for", async () => {
  const { client } = await startTestDaemon();
  const source = await aSegment(client, { entries: 3 });
  const { segmentId } = source;

  const answer = await client.saveDelta({
    segmentId,
    items: [textMessage(Role.USER, "a"), toolOutput("1")],
    precondition: { entryCount: 2n },
    onConflict: OnConflict.FORK,
  });

  expect(answer).toMatchObject({ entryCount: 2n, savedCount: 1n, skippedCount: 1n, forked: true, firstIndex: 1n });
  expect(await segmentOf(client, answer.segmentId)).toMatchObject({
    base: { segmentId, entryCount: 2n },
    headPosition: answer.headPosition,
  });
  expect(await segmentOf(client, segmentId)).toEqual(source);
});

test("a delta has 1000 items at most, skipped ones counted", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const items = (count: number) => [textMessage(Role.USER, "a"), ...Array.from({ length: count - 1 }, () => toolOutput("1"))];

  const refusal = await refusalOf(client.saveDelta({ segmentId, items: items(1001) }));
  const answer = await client.saveDelta({ segmentId, items: items(1000) });

  expect(refusal).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: ["items"] });
  expect(answer).toMatchObject({ savedCount: 999n, skippedCount: 1n, entryCount: 1000n });
});

test("a bad item is refused by its path, and nothing of the delta is written", async () => {
  const { client } = await startTestDaemon();
  const segment = await aSegment(client);
  const { segmentId } = segment;

  const unspecified = await refusalOf(client.saveDelta({ segmentId, items: [toolOutput("1"), textMessage(Role.UNSPECIFIED, "a")] }));
  const empty = await refusalOf(client.saveDelta({ segmentId, items: [toolOutput("1"), {}] }));

  expect(unspecified).toMatchObject({ code: "INVALID_ARGUMENT", fields: ["items[1].message.role"] });
  expect(empty).toMatchObject({ code: "INVALID_ARGUMENT", fields: ["items[1].kind"] });
  expect(await segmentOf(client, segmentId)).toEqual(segment);
});

test("an item above the limit of an entry is refused by its path", async () => {
  const { client } = await startTestDaemon();
  const segment = await aSegment(client);
  const { segmentId } = segment;

  await client.saveDelta({ segmentId, items: [toolOutput("1", "x".repeat(3 * MIB - 100))] });
  const refusal = await refusalOf(client.saveDelta({ segmentId, items: [toolOutput("1"), toolOutput("2", "x".repeat(3 * MIB + 1100))] }));

  expect(refusal).toMatchObject({ code: "RESOURCE_EXHAUSTED", reason: "ENTRY_TOO_LARGE", metadata: { field: "items[1]" } });
  expect(await segmentOf(client, segmentId)).toMatchObject({ entryCount: 2n });
});
