import { expect, test } from "vitest";
import { OnMissingTurn } from "../../gen/seglog/v1/segment_service_pb.js";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { aSegment, entriesOf, newId, segmentOf, someEntries, stateOf } from "../support/a-segment.js";
import { assistantText, extension, runCompleted, segmentStart, turnEnd, usage, userInput } from "../support/entries.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

/** A segment with turn ends 3, 3 and 5 at indexes 2, 4 and 6. */
function aSegmentOfTurns(client: SegmentClient) {
  return aSegment(client, { log: [userInput("a"), turnEnd(3n), userInput("b"), turnEnd(3n), userInput("c"), turnEnd(5n), userInput("d")] });
}

test("a fork without a point inherits up to the source's head, by one small entry", async () => {
  const { client } = await startTestDaemon();
  const source = await aSegment(client, { log: [userInput("a"), turnEnd(7n), userInput("x".repeat(100_000))] });

  const { segment, replayed } = await client.forkSegment({ segmentId: source.segmentId });

  expect(replayed).toBe(false);
  expect(segment).toMatchObject({
    sessionId: source.sessionId,
    entryCount: 1n,
    turnCount: 0n,
    lastRunInterrupted: false,
    forkedFrom: { segmentId: source.segmentId, atTurn: 7n },
    base: { segmentId: source.segmentId, entryCount: 4n },
  });
  expect(segment!.compactedFrom).toBeUndefined();
  expect(segment!.byteSize).toBeLessThan(200n);
  expect(await entriesOf(client, segment!.segmentId)).toMatchObject([
    {
      index: 0n,
      kind: {
        case: "segmentStart",
        value: { sessionId: source.sessionId, forkedFrom: segment!.forkedFrom, base: segment!.base, history: [] },
      },
    },
  ]);
  expect(await segmentOf(client, source.segmentId)).toEqual(source);
});

test("a fork starts with prompt, config and history of its source, and nothing else", async () => {
  const { client } = await startTestDaemon();
  const { segment: source } = await client.createSegment({ state: { systemPrompt: "be brief", config: { maxTokens: 9 } } });
  const scope = extension("pod.scope", '{"allow":[],"deny":[]}');
  const { segmentId } = source!;
  await client.append({ segmentId, entries: [userInput("a"), assistantText("b"), turnEnd(4n), usage(2n), scope, runCompleted(true)] });

  const { segment } = await client.forkSegment({ segmentId });
  const state = await stateOf(client, segment!.segmentId);
  const sourceState = await stateOf(client, segmentId);

  expect(sourceState).toMatchObject({
    turnCount: 4n,
    lastRunInterrupted: true,
    usageHistory: [{}],
    extensions: [{}],
    userInputs: [{}],
    podScope: {},
  });
  expect(state).toMatchObject({
    systemPrompt: "be brief",
    config: { maxTokens: 9 },
    turnCount: 0n,
    lastRunInterrupted: false,
    entryCount: 1n,
  });
  expect(state).toMatchObject({ usageHistory: [], extensions: [], userInputs: [], unknownEntryCount: 0n });
  expect(state.podScope).toBeUndefined();
  expect(state.history).toEqual(sourceState.history);
});

test("a fork goes its own way, and so does its source", async () => {
  const { client } = await startTestDaemon();
  const source = await aSegment(client, { log: [userInput("a")] });
  const { segment } = await client.forkSegment({ segmentId: source.segmentId });

  await client.append({ segmentId: source.segmentId, entries: [userInput("source only")] });
  await client.append({ segmentId: segment!.segmentId, entries: [userInput("fork only")], precondition: { entryCount: 1n } });

  expect(texts(await stateOf(client, source.segmentId))).toEqual(["a", "source only"]);
  expect(texts(await stateOf(client, segment!.segmentId))).toEqual(["a", "fork only"]);
});

const TURNS = [
  { turn: 0n, entryCount: 1n, history: [] },
  { turn: 3n, entryCount: 3n, history: ["a"] }, // of repeated numbers the first
  { turn: 5n, entryCount: 7n, history: ["a", "b", "c"] },
];

test.each(TURNS)(
  "a fork at turn $turn inherits what lies before its first turn end: $entryCount entries",
  async ({ turn, entryCount, history }) => {
    const { client } = await startTestDaemon();
    const { segmentId } = await aSegmentOfTurns(client);

    const { segment } = await client.forkSegment({ segmentId, at: { case: "turn", value: turn } });

    expect(segment).toMatchObject({ forkedFrom: { segmentId, atTurn: turn }, base: { segmentId, entryCount } });
    expect(texts(await stateOf(client, segment!.segmentId))).toEqual(history);
  },
);

test("a fork at turn 0 is before the first entry that is not an opening one", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { openingEntries: 3, log: [userInput("a"), turnEnd(0n)] });

  const { segment } = await client.forkSegment({ segmentId, at: { case: "turn", value: 0n } });

  expect(segment).toMatchObject({ base: { entryCount: 3n } });
  expect(texts(await stateOf(client, segment!.segmentId))).toEqual(["opening 1", "opening 2"]);
});

const MISSING = [OnMissingTurn.UNSPECIFIED, OnMissingTurn.FAIL];

test.each(MISSING)("a turn that no turn end has is refused (on_missing_turn %i)", async (onMissingTurn) => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegmentOfTurns(client);

  const refusal = await refusalOf(client.forkSegment({ segmentId, at: { case: "turn", value: 4n }, onMissingTurn }));

  expect(refusal).toMatchObject({
    code: "OUT_OF_RANGE",
    reason: "TURN_NOT_FOUND",
    metadata: { segment_id: segmentId, turn: "4", turn_count: "5" },
  });
});

test("with ON_MISSING_TURN_HEAD a turn that is missing means the whole log, and the origin tells the turn asked for", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegmentOfTurns(client);
  const atTurn = 2n ** 64n - 1n;

  const { segment } = await client.forkSegment({ segmentId, at: { case: "turn", value: atTurn }, onMissingTurn: OnMissingTurn.HEAD });

  expect(segment).toMatchObject({ forkedFrom: { segmentId, atTurn }, base: { entryCount: 8n } });
});

test("a number of on_missing_turn that is not known is refused", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const onMissingTurn = 3 as OnMissingTurn; // a client of a later contract

  expect(await refusalOf(client.forkSegment({ segmentId, onMissingTurn }))).toMatchObject({
    reason: "INVALID_FIELD",
    fields: ["on_missing_turn"],
  });
});

test("turn ends that are inherited are not in a fork's own log", async () => {
  const { client } = await startTestDaemon();
  const source = await aSegmentOfTurns(client);
  const { segment } = await client.forkSegment({ segmentId: source.segmentId });
  const { segmentId } = segment!;

  const refusal = await refusalOf(client.forkSegment({ segmentId, at: { case: "turn", value: 5n } }));
  const atHead = await client.forkSegment({ segmentId });

  expect(refusal).toMatchObject({ reason: "TURN_NOT_FOUND", metadata: { turn_count: "0" } });
  expect(atHead.segment).toMatchObject({ forkedFrom: { segmentId, atTurn: 0n } });
});

test.each([
  [1n, 0n],
  [2n, 0n],
  [3n, 3n],
  [4n, 3n],
  [6n, 3n],
  [7n, 5n],
  [8n, 5n],
])("a fork after %i entries tells the last turn end among them: %i", async (entryCount, atTurn) => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegmentOfTurns(client);

  const { segment } = await client.forkSegment({ segmentId, at: { case: "entryCount", value: entryCount } });

  expect(segment).toMatchObject({ forkedFrom: { segmentId, atTurn }, base: { segmentId, entryCount } });
});

test("an entry count of 0 is refused, one past the head too", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });

  const none = await refusalOf(client.forkSegment({ segmentId, at: { case: "entryCount", value: 0n } }));
  const past = await refusalOf(client.forkSegment({ segmentId, at: { case: "entryCount", value: 4n } }));

  expect(none).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: ["entry_count"] });
  expect(past).toMatchObject({ code: "OUT_OF_RANGE", reason: "PAST_HEAD", metadata: { segment_id: segmentId, entry_count: "3" } });
});

test("no fork falls inside an opening", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { openingEntries: 3, entries: 4 });

  const refusal = await refusalOf(client.forkSegment({ segmentId, at: { case: "entryCount", value: 2n } }));
  const behind = await client.forkSegment({ segmentId, at: { case: "entryCount", value: 3n } });

  expect(refusal).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: ["entry_count"] });
  expect(behind.segment).toMatchObject({ base: { entryCount: 3n } });
});

test("a fork of a fork inherits through both, each up to its own point", async () => {
  const { client } = await startTestDaemon();
  const root = await aSegment(client, { log: [userInput("a"), turnEnd(1n), userInput("not inherited")] });
  const { segment: first } = await client.forkSegment({ segmentId: root.segmentId, at: { case: "turn", value: 1n } });
  await client.append({ segmentId: first!.segmentId, entries: [userInput("b"), turnEnd(2n), userInput("nor this")] });

  const { segment: second } = await client.forkSegment({ segmentId: first!.segmentId, at: { case: "turn", value: 2n } });
  await client.append({ segmentId: second!.segmentId, entries: [userInput("c")] });

  expect(second).toMatchObject({ base: { segmentId: first!.segmentId, entryCount: 3n } });
  expect(texts(await stateOf(client, second!.segmentId))).toEqual(["a", "b", "c"]);
});

test("a fork at the opening of a fork inherits what that one inherits", async () => {
  const { client } = await startTestDaemon();
  const root = await aSegment(client, { log: [userInput("a")] });
  const { segment: first } = await client.forkSegment({ segmentId: root.segmentId });
  await client.append({ segmentId: first!.segmentId, entries: someEntries(3) });

  const { segment: second } = await client.forkSegment({ segmentId: first!.segmentId, at: { case: "turn", value: 0n } });

  expect(texts(await stateOf(client, second!.segmentId))).toEqual(["a"]);
});

test("a later start replaces what was inherited, also for forks behind it", async () => {
  const { client } = await startTestDaemon();
  const [sessionId, segmentId] = [newId(), newId()];
  const log = [segmentStart(sessionId), userInput("a"), segmentStart(sessionId, { systemPrompt: "new" }), userInput("b")];
  await client.importSegment([{ sessionId, segmentId, entries: log }]);

  const { segment } = await client.forkSegment({ segmentId });

  const state = await stateOf(client, segment!.segmentId);
  expect(state.systemPrompt).toBe("new");
  expect(texts(state)).toEqual(["b"]);
});

test("forks go as deep as the limit and no deeper; a fork of the same source is not deeper", async () => {
  const { client } = await startTestDaemon({ limits: { forkDepthMax: 3 } });
  let { segmentId } = await aSegment(client);
  for (let depth = 1; depth <= 3; depth++) ({ segmentId } = (await client.forkSegment({ segmentId })).segment!);

  const refusal = await refusalOf(client.forkSegment({ segmentId }));
  const { base } = await segmentOf(client, segmentId);
  const sibling = await client.forkSegment({ segmentId: base!.segmentId });
  const compacted = await client.compactSegment({ segmentId });
  const afresh = await client.forkSegment({ segmentId: compacted.segment!.segmentId });

  expect(refusal).toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    reason: "FORK_TOO_DEEP",
    metadata: { segment_id: segmentId, fork_depth_max: "3" },
  });
  expect(sibling.segment).toMatchObject({ entryCount: 1n });
  expect(afresh.segment).toMatchObject({ entryCount: 1n });
});

test("a fork of 500 bases restores", async () => {
  const { client } = await startTestDaemon();
  let { segmentId } = await aSegment(client);
  for (let depth = 1; depth <= 500; depth++) {
    ({ segmentId } = (await client.forkSegment({ segmentId })).segment!);
    await client.append({ segmentId, entries: [userInput(`${depth}`)] });
  }

  expect(texts(await stateOf(client, segmentId))).toEqual(Array.from({ length: 500 }, (_, i) => `${i + 1}`));
});

test("a source that does not exist is refused, a chosen id that is taken too", async () => {
  const { client } = await startTestDaemon();
  const [source, other, missing] = [await aSegment(client), await aSegment(client), newId()];

  const noSource = await refusalOf(client.forkSegment({ segmentId: missing }));
  const taken = await refusalOf(client.forkSegment({ segmentId: source.segmentId, newSegmentId: other.segmentId }));
  const itself = await refusalOf(client.forkSegment({ segmentId: source.segmentId, newSegmentId: source.segmentId }));

  expect(noSource).toMatchObject({ code: "NOT_FOUND", reason: "SEGMENT_NOT_FOUND", metadata: { segment_id: missing } });
  for (const refusal of [taken, itself]) expect(refusal).toMatchObject({ code: "ALREADY_EXISTS", reason: "SEGMENT_EXISTS" });
});

/** The texts of a history's messages. */
function texts(state: Awaited<ReturnType<typeof stateOf>>): (string | undefined)[] {
  return state.history.map(({ kind }) => {
    const part = kind.case === "message" ? kind.value.content[0] : undefined;
    return part?.kind.case === "text" ? part.kind.value : undefined;
  });
}
