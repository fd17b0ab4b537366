import { expect, test } from "vitest";
import { Role } from "../../gen/seglog/v1/entry_pb.js";
import { OnMissingTurn } from "../../gen/seglog/v1/segment_service_pb.js";
import { aSegment, entriesOf, newId, stateOf } from "../support/a-segment.js";
import {
  assistantText,
  configChanged,
  entryOfBytes,
  extension,
  runCompleted,
  textMessage,
  toolResult,
  turnEnd,
  usage,
  userInput,
} from "../support/entries.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

const MIB = 1024 * 1024;

function point(
  segmentId: string,
  at?: { readonly case: "turn" | "entryCount"; readonly value: bigint },
  onMissingTurn = OnMissingTurn.UNSPECIFIED,
) {
  return { source: { case: "point" as const, value: { segmentId, onMissingTurn, ...(at && { at }) } } };
}

test("a session from a state has one segment, without lineage", async () => {
  const { client } = await startTestDaemon();
  const state = { systemPrompt: "be brief", config: { topK: 3 }, history: [textMessage(Role.USER, "hi")] };

  const { segment, replayed } = await client.forkSession({ source: { case: "state", value: state } });

  expect(replayed).toBe(false);
  expect(segment).toMatchObject({ entryCount: 1n, turnCount: 0n });
  expect([segment?.forkedFrom, segment?.compactedFrom, segment?.base]).toEqual([undefined, undefined, undefined]);
  expect(await stateOf(client, segment!.segmentId)).toMatchObject({ ...state, sessionId: segment!.sessionId, entryCount: 1n });
  expect(await client.getSession({ sessionId: segment!.sessionId })).toMatchObject({ session: { segmentCount: 1n } });
});

test("a session from a point has the state that the point restores to, and stands alone", async () => {
  const { client } = await startTestDaemon();
  const { segment: root } = await client.createSegment({ state: { systemPrompt: "be brief", history: [textMessage(Role.SYSTEM, "old")] } });
  await client.append({
    segmentId: root!.segmentId,
    entries: [userInput("a"), configChanged({ maxTokens: 7 }), turnEnd(1n), userInput("not inherited")],
  });
  const { segment: source } = await client.forkSegment({ segmentId: root!.segmentId, at: { case: "turn", value: 1n } });
  const { segmentId, sessionId } = source!;
  await client.append({
    segmentId,
    entries: [assistantText("b"), toolResult("1"), usage(3n), extension("x", "1"), turnEnd(9n), runCompleted(true)],
  });
  const sourceState = await stateOf(client, segmentId);

  const { segment } = await client.forkSession(point(segmentId));
  await client.deleteSession({ sessionId });

  const state = await stateOf(client, segment!.segmentId);
  expect(segment?.sessionId).not.toBe(sessionId);
  expect([segment?.forkedFrom, segment?.compactedFrom, segment?.base]).toEqual([undefined, undefined, undefined]);
  expect(state).toMatchObject({
    sessionId: segment!.sessionId,
    systemPrompt: "be brief",
    config: { maxTokens: 7 },
    turnCount: 0n,
    lastRunInterrupted: false,
  });
  expect(state).toMatchObject({ usageHistory: [], extensions: [], userInputs: [] });
  expect(state.history).toEqual(sourceState.history);
  expect(state.history).toHaveLength(4);
});

const POINTS = [
  { at: { case: "turn", value: 0n }, historyLength: 0 },
  { at: { case: "turn", value: 3n }, historyLength: 1 },
  { at: { case: "entryCount", value: 1n }, historyLength: 0 },
  { at: { case: "entryCount", value: 4n }, historyLength: 2 },
  { at: undefined, historyLength: 3 },
] as const;

test.each(POINTS)("a point may be a turn, a count of entries or the head ($at.case $at.value)", async ({ at, historyLength }) => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { log: [userInput("a"), turnEnd(3n), userInput("b"), turnEnd(3n), userInput("c")] });

  const { segment } = await client.forkSession(point(segmentId, at));

  expect((await stateOf(client, segment!.segmentId)).history).toHaveLength(historyLength);
});

test("a turn that is missing is refused, or means the head where that is asked for", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { log: [userInput("a"), turnEnd(3n), userInput("b")] });
  const missing = { case: "turn", value: 4n } as const;

  const refusal = await refusalOf(client.forkSession(point(segmentId, missing)));
  const { segment } = await client.forkSession(point(segmentId, missing, OnMissingTurn.HEAD));

  expect(refusal).toMatchObject({ code: "OUT_OF_RANGE", reason: "TURN_NOT_FOUND" });
  expect((await stateOf(client, segment!.segmentId)).history).toHaveLength(2);
});

test("a point past the head, at 0, inside the opening, or of no segment is refused", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { openingEntries: 3, entries: 4 });
  const missing = newId();
  const entryCount = (value: bigint) => refusalOf(client.forkSession(point(segmentId, { case: "entryCount", value })));

  expect(await entryCount(5n)).toMatchObject({ code: "OUT_OF_RANGE", reason: "PAST_HEAD" });
  expect(await entryCount(0n)).toMatchObject({ code: "INVALID_ARGUMENT", fields: ["point.entry_count"] });
  expect(await entryCount(2n)).toMatchObject({ code: "INVALID_ARGUMENT", fields: ["point.entry_count"] });
  expect(await refusalOf(client.forkSession(point(missing)))).toMatchObject({
    reason: "SEGMENT_NOT_FOUND",
    metadata: { segment_id: missing },
  });
  expect((await client.listSessions({})).sessions).toHaveLength(1);
});

test("a source is required", async () => {
  const { client } = await startTestDaemon();

  expect(await refusalOf(client.forkSession({}))).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: ["source"] });
});

test("a chosen session id is taken over, and refused where there is such a session", async () => {
  const { client } = await startTestDaemon();
  const source = await aSegment(client);
  const sessionId = newId();

  const { segment } = await client.forkSession({ ...point(source.segmentId), newSessionId: sessionId });
  const again = await refusalOf(client.forkSession({ ...point(source.segmentId), newSessionId: sessionId }));
  const own = await refusalOf(client.forkSession({ ...point(source.segmentId), newSessionId: source.sessionId }));

  expect(segment?.sessionId).toBe(sessionId);
  expect(again).toMatchObject({ code: "ALREADY_EXISTS", reason: "SESSION_EXISTS", metadata: { session_id: sessionId } });
  expect(own).toMatchObject({ reason: "SESSION_EXISTS", metadata: { session_id: source.sessionId } });
});

test("a session that is empty is there all the same", async () => {
  const { client } = await startTestDaemon();
  const { segmentId, sessionId } = await aSegment(client);
  await client.deleteSegment({ segmentId });

  const refusal = await refusalOf(client.forkSession({ source: { case: "state", value: {} }, newSessionId: sessionId }));

  expect(refusal).toMatchObject({ reason: "SESSION_EXISTS" });
});

test("a state of 50 MB forks into a new session, spread over its opening, and restores equal", async () => {
  const { client } = await startTestDaemon();
  const source = await aSegment(client, { log: [userInput("first")] });
  const { segmentId } = source;
  for (let i = 0; i < 50; i++) await client.append({ segmentId, entries: [assistantText(`${i}`.padEnd(MIB, "x"))] });
  const sourceState = await stateOf(client, segmentId);

  const { segment } = await client.forkSession(point(segmentId));
  await client.deleteSession({ sessionId: source.sessionId });
  const state = await stateOf(client, segment!.segmentId);
  const opening = await entriesOf(client, segment!.segmentId);

  expect(state.history.length).toBe(51);
  expect(state.history).toEqual(sourceState.history);
  expect(opening.map(({ kind }) => kind.case)).toEqual(["segmentStart", ...opening.slice(1).map(() => "openingHistory")]);
  expect(segment?.entryCount).toBe(BigInt(opening.length));
  expect(opening.length).toBeGreaterThan(12);
  const inside = await refusalOf(client.truncateSegment({ segmentId: segment!.segmentId, entryCount: 5n }));
  expect(inside).toMatchObject({ reason: "INVALID_FIELD" });
});

test("an item that filled an entry to the limit fits into the opening of a copy", async () => {
  const { client } = await startTestDaemon();
  const text = (chars: number) => userInput("x".repeat(chars));
  const { segmentId } = await aSegment(client, { log: [text(3 * MIB - 20)] });

  const { segment } = await client.forkSession(point(segmentId));
  const { segment: second } = await client.forkSession(point(segment!.segmentId));

  expect((await stateOf(client, second!.segmentId)).history).toEqual((await stateOf(client, segmentId)).history);
});

test("a state that is given must fit into one entry", async () => {
  const { client } = await startTestDaemon();
  const history = [textMessage(Role.USER, "x".repeat(2 * MIB)), textMessage(Role.USER, "x".repeat(MIB))];

  const refusal = await refusalOf(client.forkSession({ source: { case: "state", value: { history } } }));

  expect(refusal).toMatchObject({ code: "RESOURCE_EXHAUSTED", reason: "ENTRY_TOO_LARGE" });
});

test("a copy whose prompt and config alone pass the limit of an entry is refused", async () => {
  const { client } = await startTestDaemon({ limits: { entryBytesMax: 10_000 } });
  const { segment } = await client.createSegment({ state: { systemPrompt: "x".repeat(9000) } });
  await client.append({
    segmentId: segment!.segmentId,
    entries: [configChanged({ stopSequences: ["x".repeat(9000)] }), entryOfBytes(5000)],
  });

  const refusal = await refusalOf(client.forkSession(point(segment!.segmentId)));

  expect(refusal).toMatchObject({ code: "RESOURCE_EXHAUSTED", reason: "ENTRY_TOO_LARGE" });
  expect((await client.listSessions({})).sessions).toHaveLength(1);
});
