import { expect, test } from "vitest";
import { Role } from "../../gen/seglog/v1/entry_pb.js";
import { aSegment, entriesOf, newId, segmentOf, stateOf } from "../support/a-segment.js";
import { textMessage, turnEnd, userInput } from "../support/entries.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

test("a compaction is a sibling with the shorter state, and its source stays as it is", async () => {
  const { client } = await startTestDaemon();
  const source = await aSegment(client, { log: [userInput("long"), turnEnd(4n)] });
  const state = { systemPrompt: "be brief", config: { topK: 1 }, history: [textMessage(Role.USER, "short")] };

  const { segment, replayed } = await client.compactSegment({ segmentId: source.segmentId, state });

  expect(replayed).toBe(false);
  expect(segment).toMatchObject({
    sessionId: source.sessionId,
    entryCount: 1n,
    turnCount: 0n,
    compactedFrom: { segmentId: source.segmentId, atTurn: 4n },
  });
  expect([segment?.forkedFrom, segment?.base]).toEqual([undefined, undefined]);
  expect(await stateOf(client, segment!.segmentId)).toMatchObject({ ...state, sessionId: source.sessionId });
  expect(await entriesOf(client, segment!.segmentId)).toMatchObject([
    { kind: { case: "segmentStart", value: { ...state, compactedFrom: segment!.compactedFrom } } },
  ]);
  expect(await segmentOf(client, source.segmentId)).toEqual(source);
});

test.each([0n, 3n, 2n ** 64n - 1n])("the turn that the new state stands for may be told: %i", async (atTurn) => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { log: [turnEnd(4n)] });

  const { segment } = await client.compactSegment({ segmentId, atTurn });

  expect(segment).toMatchObject({ compactedFrom: { segmentId, atTurn } });
});

test("a compaction is checked against what its writer believes of the source", async () => {
  const { client } = await startTestDaemon();
  const { segmentId, headPosition } = await aSegment(client, { entries: 3 });

  const behind = await refusalOf(client.compactSegment({ segmentId, precondition: { entryCount: 2n } }));
  const other = await refusalOf(client.compactSegment({ segmentId, precondition: { entryCount: 3n, headPosition: headPosition - 1n } }));
  const { segment } = await client.compactSegment({ segmentId, precondition: { entryCount: 3n, headPosition } });

  const mismatch = {
    code: "ABORTED",
    reason: "HEAD_MISMATCH",
    metadata: { segment_id: segmentId, entry_count: "3", head_position: String(headPosition) },
  };
  expect([behind, other]).toMatchObject([mismatch, mismatch]);
  expect(segment).toMatchObject({ entryCount: 1n });
  expect((await client.listSegments({})).segments).toHaveLength(2);
});

test("a source that does not exist is refused", async () => {
  const { client } = await startTestDaemon();
  const segmentId = newId();

  expect(await refusalOf(client.compactSegment({ segmentId }))).toMatchObject({
    code: "NOT_FOUND",
    reason: "SEGMENT_NOT_FOUND",
    metadata: { segment_id: segmentId },
  });
});

test("a chosen id is taken over, and refused where it is taken", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const newSegmentId = newId();

  const { segment } = await client.compactSegment({ segmentId, newSegmentId });
  const again = await refusalOf(client.compactSegment({ segmentId, newSegmentId }));
  const itself = await refusalOf(client.compactSegment({ segmentId, newSegmentId: segmentId }));

  expect(segment?.segmentId).toBe(newSegmentId);
  for (const refusal of [again, itself]) expect(refusal).toMatchObject({ code: "ALREADY_EXISTS", reason: "SEGMENT_EXISTS" });
});

test("a compaction needs its source no longer", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });
  const { segment } = await client.compactSegment({ segmentId, state: { systemPrompt: "short" } });

  await client.deleteSegment({ segmentId });

  expect(await stateOf(client, segment!.segmentId)).toMatchObject({ systemPrompt: "short" });
  expect(await segmentOf(client, segment!.segmentId)).toMatchObject({ compactedFrom: { segmentId } });
});

test("a state that does not fit into one entry is refused and writes nothing", async () => {
  const { client } = await startTestDaemon({ limits: { entryBytesMax: 1000 } });
  const { segmentId } = await aSegment(client);

  const refusal = await refusalOf(client.compactSegment({ segmentId, state: { systemPrompt: "x".repeat(1000) } }));

  expect(refusal).toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    reason: "ENTRY_TOO_LARGE",
    metadata: { field: "state", entry_bytes_max: "1000" },
  });
  expect((await client.listSegments({})).segments).toHaveLength(1);
});
