import { expect, test } from "vitest";
import { aSegment, entriesOf, newId, segmentOf, stateOf } from "../support/a-segment.js";
import { runCompleted, turnEnd, userInput } from "../support/entries.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

test("a segment keeps its first entries, and is what it was when it had only those", async () => {
  const { client } = await startTestDaemon();
  const before = await aSegment(client, { log: [userInput("a"), turnEnd(1n), runCompleted(true)] });
  const { segmentId } = before;
  await client.append({ segmentId, entries: [userInput("b"), turnEnd(2n), runCompleted(false)] });

  const { segment, removedCount, replayed } = await client.truncateSegment({ segmentId, entryCount: 4n });

  expect({ removedCount, replayed }).toEqual({ removedCount: 3n, replayed: false });
  expect(segment).toEqual(before);
  expect(await segmentOf(client, segmentId)).toEqual(before);
  expect(await entriesOf(client, segmentId)).toHaveLength(4);
});

test("a cut may fall inside what was appended as one unit", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { log: [userInput("a"), turnEnd(1n), userInput("b"), turnEnd(2n)] });
  const entries = await entriesOf(client, segmentId);

  const { segment } = await client.truncateSegment({ segmentId, entryCount: 3n });

  expect(segment).toMatchObject({ entryCount: 3n, headPosition: 3n, turnCount: 1n });
  expect(await entriesOf(client, segmentId)).toEqual(entries.slice(0, 3));
});

test("what is appended after a cut takes the indexes again, and positions that were never used", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 5 });
  await client.truncateSegment({ segmentId, entryCount: 2n });

  const answer = await client.append({ segmentId, entries: [userInput("again")] });

  expect(answer).toMatchObject({ firstIndex: 2n, entryCount: 3n });
  expect(answer.headPosition).toBeGreaterThan(6n); // 5 entries, and the truncation has a position of its own
});

test("turn ends that were cut off are not found, and may come again", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { log: [turnEnd(1n), turnEnd(2n)] });
  await client.truncateSegment({ segmentId, entryCount: 2n });
  const atTurn2 = { segmentId, at: { case: "turn" as const, value: 2n } };

  const refusal = await refusalOf(client.forkSegment(atTurn2));
  await client.append({ segmentId, entries: [userInput("more"), turnEnd(2n)] });
  const { segment } = await client.forkSegment(atTurn2);

  expect(refusal).toMatchObject({ reason: "TURN_NOT_FOUND" });
  expect(segment).toMatchObject({ base: { entryCount: 4n } });
});

test("where nothing goes, nothing is written and nothing is told", async () => {
  const { client } = await startTestDaemon();
  const before = await aSegment(client, { entries: 3 });
  const { headPosition } = await client.getStatus({});

  const { segment, removedCount } = await client.truncateSegment({ segmentId: before.segmentId, entryCount: 3n });

  expect(removedCount).toBe(0n);
  expect(segment).toEqual(before);
  expect(await client.getStatus({})).toMatchObject({ headPosition });
});

test("a count of 0, one past the head, or one inside the opening is refused", async () => {
  const { client } = await startTestDaemon();
  const segment = await aSegment(client, { openingEntries: 3, entries: 5 });
  const { segmentId } = segment;
  const truncate = (entryCount: bigint) => refusalOf(client.truncateSegment({ segmentId, entryCount }));

  expect(await truncate(0n)).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: ["entry_count"] });
  expect(await truncate(6n)).toMatchObject({
    code: "OUT_OF_RANGE",
    reason: "PAST_HEAD",
    metadata: { segment_id: segmentId, entry_count: "5" },
  });
  expect(await truncate(2n ** 64n - 1n)).toMatchObject({ code: "OUT_OF_RANGE", reason: "PAST_HEAD" });
  expect(await truncate(2n)).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: ["entry_count"] });
  expect(await segmentOf(client, segmentId)).toEqual(segment);
  expect(await client.truncateSegment({ segmentId, entryCount: 3n })).toMatchObject({ removedCount: 2n });
});

test("a segment can be cut back to its opening entry, and restores to it", async () => {
  const { client } = await startTestDaemon();
  const { segment } = await client.createSegment({ state: { systemPrompt: "be brief" } });
  const { segmentId } = segment!;
  await client.append({ segmentId, entries: [userInput("a")] });

  await client.truncateSegment({ segmentId, entryCount: 1n });

  expect(await stateOf(client, segmentId)).toMatchObject({ systemPrompt: "be brief", history: [], entryCount: 1n });
});

test("the precondition is checked first", async () => {
  const { client } = await startTestDaemon();
  const { segmentId, headPosition } = await aSegment(client, { entries: 3 });
  const wrong = { entryCount: 2n };

  const pastHead = await refusalOf(client.truncateSegment({ segmentId, entryCount: 9n, precondition: wrong }));
  const nothing = await refusalOf(client.truncateSegment({ segmentId, entryCount: 3n, precondition: wrong }));
  await client.forkSegment({ segmentId });
  const needed = await refusalOf(client.truncateSegment({ segmentId, entryCount: 1n, precondition: wrong }));

  const mismatch = {
    code: "ABORTED",
    reason: "HEAD_MISMATCH",
    metadata: { segment_id: segmentId, entry_count: "3", head_position: String(headPosition) },
  };
  expect([pastHead, nothing, needed]).toMatchObject([mismatch, mismatch, mismatch]);
});

test("what forks inherit is not cut off, what they do not is", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 6 });
  const at = (value: bigint) => ({ case: "entryCount" as const, value });
  const { segment: near } = await client.forkSegment({ segmentId, at: at(2n) });
  const { segment: far } = await client.forkSegment({ segmentId, at: at(4n) });

  const refusal = await refusalOf(client.truncateSegment({ segmentId, entryCount: 3n }));
  const cut = await client.truncateSegment({ segmentId, entryCount: 4n });
  await client.deleteSegment({ segmentId: far!.segmentId });
  const further = await client.truncateSegment({ segmentId, entryCount: 2n });

  expect(refusal).toMatchObject({
    code: "FAILED_PRECONDITION",
    reason: "HAS_DEPENDENTS",
    metadata: { segment_id: segmentId, needed_entry_count: "4" },
  });
  expect([cut.removedCount, further.removedCount]).toEqual([2n, 2n]);
  expect((await stateOf(client, near!.segmentId)).history).toHaveLength(1);
});

test("a segment that does not exist is refused", async () => {
  const { client } = await startTestDaemon();

  expect(await refusalOf(client.truncateSegment({ segmentId: newId(), entryCount: 1n }))).toMatchObject({
    code: "NOT_FOUND",
    reason: "SEGMENT_NOT_FOUND",
  });
});
