import { expect, test } from "vitest";
import { Role } from "../../gen/seglog/v1/entry_pb.js";
import { aSegment, newId, segmentOf, stateOf } from "../support/a-segment.js";
import { textMessage, turnEnd, userInput } from "../support/entries.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

test("a segment that has as many entries as its writer believes is left as it is", async () => {
  const { client } = await startTestDaemon();
  const segment = await aSegment(client, { entries: 3 });

  const answer = await client.ensureHeadOrFork({
    segmentId: segment.segmentId,
    entriesWritten: 3n,
    atTurn: 9n,
    state: { systemPrompt: "unused" },
  });

  expect(answer).toMatchObject({ segment, forked: false, replayed: false });
  expect((await client.listSegments({})).segments).toEqual([segment]);
});

test.each([
  ["more", 2n],
  ["fewer", 4n],
  ["any", 0n],
])("a segment with %s entries is forked from the writer's state, at the writer's turn", async (_, entriesWritten) => {
  const { client } = await startTestDaemon();
  const source = await aSegment(client, { log: [userInput("theirs"), turnEnd(1n)] });
  const state = { systemPrompt: "mine", config: { topK: 1 }, history: [textMessage(Role.USER, "mine")] };

  const { segment, forked } = await client.ensureHeadOrFork({ segmentId: source.segmentId, entriesWritten, atTurn: 7n, state });

  expect(forked).toBe(true);
  expect(segment).toMatchObject({ sessionId: source.sessionId, entryCount: 1n, forkedFrom: { segmentId: source.segmentId, atTurn: 7n } });
  expect([segment?.base, segment?.compactedFrom]).toEqual([undefined, undefined]);
  expect(await stateOf(client, segment!.segmentId)).toMatchObject(state);
  expect(await segmentOf(client, source.segmentId)).toEqual(source);
});

test("without a state the fork inherits what the writer wrote, by reference", async () => {
  const { client } = await startTestDaemon();
  const source = await aSegment(client, { log: [userInput("mine"), turnEnd(1n), userInput("theirs")] });

  const { segment, forked } = await client.ensureHeadOrFork({ segmentId: source.segmentId, entriesWritten: 3n, atTurn: 7n });

  expect(forked).toBe(true);
  expect(segment).toMatchObject({
    entryCount: 1n,
    forkedFrom: { segmentId: source.segmentId, atTurn: 7n },
    base: { segmentId: source.segmentId, entryCount: 3n },
  });
  expect((await stateOf(client, segment!.segmentId)).history).toHaveLength(1);
});

test.each([0n, 4n, 2n ** 64n - 1n])("without a state, a writer of %i entries where there are 3 is refused", async (entriesWritten) => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });

  const refusal = await refusalOf(client.ensureHeadOrFork({ segmentId, entriesWritten }));

  expect(refusal).toMatchObject({ code: "OUT_OF_RANGE", reason: "PAST_HEAD", metadata: { segment_id: segmentId, entry_count: "3" } });
  expect((await client.listSegments({})).segments).toHaveLength(1);
});

test("no fork falls inside an opening", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { openingEntries: 3, entries: 5 });

  const inside = await refusalOf(client.ensureHeadOrFork({ segmentId, entriesWritten: 2n }));
  const behind = await client.ensureHeadOrFork({ segmentId, entriesWritten: 3n });

  expect(["PAST_HEAD", "INVALID_FIELD"]).toContain(inside.reason);
  expect(behind).toMatchObject({ forked: true, segment: { base: { entryCount: 3n } } });
});

test("a writer's empty state is a state", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });

  const { segment } = await client.ensureHeadOrFork({ segmentId, entriesWritten: 1n, state: {} });

  expect(segment?.base).toBeUndefined();
  expect((await stateOf(client, segment!.segmentId)).history).toEqual([]);
});

test("a segment that does not exist is refused", async () => {
  const { client } = await startTestDaemon();
  const segmentId = newId();

  expect(await refusalOf(client.ensureHeadOrFork({ segmentId, state: {} }))).toMatchObject({
    code: "NOT_FOUND",
    reason: "SEGMENT_NOT_FOUND",
  });
});

test("a chosen id is taken over by a fork, refused where it is taken, and not looked at where nothing forks", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });
  const newSegmentId = newId();

  const forked = await client.ensureHeadOrFork({ segmentId, entriesWritten: 1n, newSegmentId });
  const byState = await refusalOf(client.ensureHeadOrFork({ segmentId, entriesWritten: 1n, state: {}, newSegmentId }));
  const byReference = await refusalOf(client.ensureHeadOrFork({ segmentId, entriesWritten: 1n, newSegmentId }));
  const held = await client.ensureHeadOrFork({ segmentId, entriesWritten: 3n, newSegmentId });

  expect(forked.segment?.segmentId).toBe(newSegmentId);
  for (const refusal of [byState, byReference]) expect(refusal).toMatchObject({ code: "ALREADY_EXISTS", reason: "SEGMENT_EXISTS" });
  expect(held).toMatchObject({ forked: false });
});

test("a state that does not fit into one entry is refused only where it is needed", async () => {
  const { client } = await startTestDaemon({ limits: { entryBytesMax: 1000 } });
  const { segmentId } = await aSegment(client, { entries: 3 });
  const state = { systemPrompt: "x".repeat(1000) };

  const held = await client.ensureHeadOrFork({ segmentId, entriesWritten: 3n, state });
  const refusal = await refusalOf(client.ensureHeadOrFork({ segmentId, entriesWritten: 2n, state }));

  expect(held).toMatchObject({ forked: false });
  expect(refusal).toMatchObject({ code: "RESOURCE_EXHAUSTED", reason: "ENTRY_TOO_LARGE", metadata: { field: "state" } });
  expect((await client.listSegments({})).segments).toHaveLength(1);
});

test("a fork by reference that would be too deep is refused, one from a state is not", async () => {
  const { client } = await startTestDaemon({ limits: { forkDepthMax: 1 } });
  const source = await aSegment(client);
  const { segment } = await client.forkSegment({ segmentId: source.segmentId });
  const { segmentId } = segment!;
  await client.append({ segmentId, entries: [userInput("hi")] });

  const refusal = await refusalOf(client.ensureHeadOrFork({ segmentId, entriesWritten: 1n }));
  const fromState = await client.ensureHeadOrFork({ segmentId, entriesWritten: 1n, state: {} });

  expect(refusal).toMatchObject({ code: "RESOURCE_EXHAUSTED", reason: "FORK_TOO_DEEP" });
  expect(fromState).toMatchObject({ forked: true });
});
