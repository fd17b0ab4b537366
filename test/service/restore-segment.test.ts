import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { expect, test } from "vitest";
import { Permission, Role } from "../../gen/seglog/v1/entry_pb.js";
import { AppendRequestSchema, OnMissingTurn, RestoreSegmentRequestSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { mergeStateParts } from "../../src/client/restore-state.js";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { nested, raw, varint } from "../model/raw-message.js";
import { aSegment, collected, newId, stateOf } from "../support/a-segment.js";
import {
  assistantText,
  configChanged,
  entryOfBytes,
  extension,
  runCompleted,
  systemItem,
  textMessage,
  toolOutput,
  toolResult,
  turnEnd,
  usage,
  userInput,
} from "../support/entries.js";
import { rawService } from "../support/raw-service.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

const MIB = 1024 * 1024;

type Asked = Omit<Exclude<Parameters<SegmentClient["restoreSegment"]>[0], { $typeName: string }>, "$typeName" | "segmentId">;

function restore(client: SegmentClient, segmentId: string, asked: Asked = {}) {
  return mergeStateParts(client.restoreSegment({ segmentId, ...asked }));
}

test("a state holds what replaying the log gives, field by field", async () => {
  const { client } = await startTestDaemon();
  const { segment } = await client.createSegment({
    state: { systemPrompt: "be brief", config: { maxTokens: 1 }, history: [textMessage(Role.SYSTEM, "opening")] },
  });
  const { segmentId, sessionId } = segment!;
  const scope = '{"allow":[{"target":"/x","permission":"write"}],"deny":[]}';
  await client.append({
    segmentId,
    entries: [
      userInput("ask"),
      assistantText("say"),
      toolResult("1"),
      systemItem("note"),
      usage(3n),
      configChanged({ topK: 2 }),
      extension("pod.scope", scope),
      extension("pod.scope", '{"broken":1}'),
      extension("x", "12345678901234567890"),
      turnEnd(4n),
      runCompleted(true),
    ],
  });

  const state = await restore(client, segmentId);

  expect(state).toMatchObject({
    sessionId,
    systemPrompt: "be brief",
    config: { topK: 2 },
    history: [
      textMessage(Role.SYSTEM, "opening"),
      textMessage(Role.USER, "ask"),
      textMessage(Role.ASSISTANT, "say"),
      toolOutput("1"),
      textMessage(Role.SYSTEM, "note"),
    ],
    turnCount: 4n,
    lastRunInterrupted: true,
    entryCount: 12n,
    usageHistory: [{ historyLen: 3n }],
    extensions: [{ payloadJson: scope }, { payloadJson: '{"broken":1}' }, { domain: "x", payloadJson: "12345678901234567890" }],
    podScope: { allow: [{ target: "/x", permission: Permission.WRITE, recursive: true }], deny: [] },
    userInputs: [{ pieces: [{ kind: { case: "text", value: "ask" } }] }],
    unknownEntryCount: 0n,
  });
  expect(state.config?.maxTokens).toBeUndefined(); // replaced as a whole
});

test("the session is checked where it is given", async () => {
  const { client } = await startTestDaemon();
  const [segment, other] = [await aSegment(client), await aSegment(client)];
  const { segmentId, sessionId } = segment;

  const state = await restore(client, segmentId, { sessionId: sessionId.toLowerCase() });
  const ofOther = await refusalOf(restore(client, segmentId, { sessionId: other.sessionId }));
  const ofNone = await refusalOf(restore(client, segmentId, { sessionId: newId() }));

  expect(state.sessionId).toBe(sessionId);
  for (const refusal of [ofOther, ofNone]) expect(refusal).toMatchObject({ code: "NOT_FOUND" });
});

test("a segment that does not exist is refused", async () => {
  const { client } = await startTestDaemon();
  const segmentId = newId();

  expect(await refusalOf(restore(client, segmentId))).toMatchObject({
    code: "NOT_FOUND",
    reason: "SEGMENT_NOT_FOUND",
    metadata: { segment_id: segmentId },
  });
});

const POINTS: readonly { readonly until: NonNullable<Asked["until"]>; readonly entryCount: bigint }[] = [
  { until: { case: "turn", value: 0n }, entryCount: 2n },
  { until: { case: "turn", value: 3n }, entryCount: 4n }, // of repeated numbers the first
  { until: { case: "turn", value: 5n }, entryCount: 7n },
  { until: { case: "entryCount", value: 1n }, entryCount: 1n }, // inside the opening
  { until: { case: "entryCount", value: 2n }, entryCount: 2n },
  { until: { case: "entryCount", value: 6n }, entryCount: 6n },
  { until: { case: "entryCount", value: 7n }, entryCount: 7n },
];

test.each(POINTS)(
  "a state may be that of a prefix: until $until.case $until.value are $entryCount entries",
  async ({ until, entryCount }) => {
    const { client } = await startTestDaemon();
    const log = [userInput("a"), turnEnd(3n), turnEnd(3n), userInput("b"), turnEnd(5n)];
    const { segmentId } = await aSegment(client, { openingEntries: 2, log });

    const state = await restore(client, segmentId, { until });

    const replayed = [undefined, "opening", "a", undefined, undefined, "b"]
      .slice(0, Number(entryCount))
      .filter((text) => text !== undefined);
    expect(state.entryCount).toBe(entryCount);
    expect(state.history).toHaveLength(replayed.length);
    expect(state.turnCount).toBe(entryCount < 4n ? 0n : entryCount < 7n ? 3n : 5n);
  },
);

test("a turn that is missing is refused, or means the head where that is asked for", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { log: [userInput("a"), turnEnd(3n), userInput("b")] });
  const until = { case: "turn", value: 4n } as const;

  const refusal = await refusalOf(restore(client, segmentId, { until }));
  const state = await restore(client, segmentId, { until, onMissingTurn: OnMissingTurn.HEAD });

  expect(refusal).toMatchObject({ code: "OUT_OF_RANGE", reason: "TURN_NOT_FOUND", metadata: { turn: "4", turn_count: "3" } });
  expect(state.entryCount).toBe(4n);
});

test("a count of 0 or past the head is refused", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });
  const until = (value: bigint) => refusalOf(restore(client, segmentId, { until: { case: "entryCount", value } }));

  expect(await until(0n)).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: ["entry_count"] });
  expect(await until(4n)).toMatchObject({ code: "OUT_OF_RANGE", reason: "PAST_HEAD", metadata: { entry_count: "3" } });
});

test("a fork restores behind what it inherits, and a prefix of it too", async () => {
  const { client } = await startTestDaemon();
  const { segment: source } = await client.createSegment({ state: { systemPrompt: "be brief" } });
  await client.append({
    segmentId: source!.segmentId,
    entries: [userInput("a"), configChanged({ topK: 1 }), turnEnd(1n), userInput("not inherited")],
  });
  const { segment: fork } = await client.forkSegment({ segmentId: source!.segmentId, at: { case: "turn", value: 1n } });
  const { segmentId } = fork!;
  await client.append({ segmentId, entries: [userInput("b"), turnEnd(2n), userInput("c")] });

  const whole = await restore(client, segmentId);
  const prefix = await restore(client, segmentId, { until: { case: "turn", value: 2n } });
  const opening = await restore(client, segmentId, { until: { case: "entryCount", value: 1n } });

  const [a, b, c] = ["a", "b", "c"].map((text) => textMessage(Role.USER, text));
  expect(whole).toMatchObject({
    systemPrompt: "be brief",
    config: { topK: 1 },
    history: [a, b, c],
    entryCount: 4n,
    turnCount: 2n,
    userInputs: [{}, {}],
  });
  expect(prefix).toMatchObject({ history: [a, b], entryCount: 3n });
  expect(opening).toMatchObject({ systemPrompt: "be brief", history: [a], entryCount: 1n, turnCount: 0n });
});

test("forks in a row restore to one history, also those with nothing of their own", async () => {
  const { client } = await startTestDaemon();
  let { segmentId } = await aSegment(client, { log: [userInput("0")] });
  for (let i = 1; i <= 6; i++) {
    segmentId = (await client.forkSegment({ segmentId })).segment!.segmentId;
    if (i % 2 === 0) await client.append({ segmentId, entries: [userInput(`${i}`), turnEnd(BigInt(i))] });
    if (i === 4) await client.append({ segmentId, entries: [configChanged({ topK: 4 })] });
  }

  const state = await restore(client, segmentId);

  expect(state.history).toEqual((await restore(client, segmentId, { until: { case: "turn", value: 6n } })).history);
  expect(state).toMatchObject({
    config: { topK: 4 },
    history: ["0", "2", "4", "6"].map((text) => textMessage(Role.USER, text)),
    entryCount: 3n,
    turnCount: 6n,
    userInputs: [{}],
  });
});

test("what a writer sends is restored as it is, unknown fields and fields in parts included", async () => {
  const { client, socket } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const call = nested(1, nested(2, nested(1, "c")), nested(9, "of a later version"));
  const more = nested(1, nested(2, nested(2, "name")));
  const request = raw(nested(1, segmentId), nested(2, varint(1, 4711), nested(7, call, nested(5, "beside"), more), varint(150, 1)));
  await rawService(socket).answer("append", request);

  const [item] = (await restore(client, segmentId)).history;

  expect(item).toMatchObject({ kind: { case: "toolCall", value: { callId: "c", name: "name" } }, $unknown: [{ no: 9 }] });
});

test("entries of kinds that this daemon does not know count as unknown and change nothing else", async () => {
  const { client, socket } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const unknown = new BinaryWriter().tag(42, WireType.LengthDelimited).string("a later kind").finish();
  const append = new BinaryWriter()
    .raw(toBinary(AppendRequestSchema, create(AppendRequestSchema, { segmentId, entries: [userInput("a")] })))
    .tag(AppendRequestSchema.field.entries.number, WireType.LengthDelimited)
    .bytes(unknown);
  await rawService(socket).answer("append", append.finish());

  expect(await restore(client, segmentId)).toMatchObject({ history: [{}], entryCount: 3n, unknownEntryCount: 1n });
});

test("a state comes whole in one part where it is small: the parts are never none", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);

  expect(await collected(client.restoreSegment({ segmentId }))).toHaveLength(1);
});

test("a state of 50 MB comes in parts that merge to it, none above the limit of default clients", async () => {
  const { client, socket } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  for (let i = 0; i < 48; i++) await client.append({ segmentId, entries: [assistantText(`${i}`.padEnd(MIB, "x"))] });
  await client.append({ segmentId, entries: [entryOfBytes(3 * MIB)] });
  await client.append({ segmentId, entries: Array.from({ length: 1000 }, (_, i) => usage(BigInt(i))) });

  const messages = await collected(
    rawService(socket).answers("restoreSegment", toBinary(RestoreSegmentRequestSchema, create(RestoreSegmentRequestSchema, { segmentId }))),
  );
  const state = await stateOf(client, segmentId);

  expect(Math.max(...messages.map(({ length }) => length))).toBeLessThan(3 * MIB + 1024);
  expect(messages.length).toBeGreaterThan(48);
  expect(
    state.history.map(({ kind }) =>
      kind.case === "message" && kind.value.content[0]?.kind.case === "text" ? kind.value.content[0].kind.value : "",
    ),
  ).toEqual(Array.from({ length: 48 }, (_, i) => `${i}`.padEnd(MIB, "x")));
  expect(state.usageHistory.map(({ historyLen }) => Number(historyLen))).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(state).toMatchObject({ entryCount: 1050n, extensions: [{}] });
});

test("every field but the repeated ones is set in one part only, the scalars in the last", async () => {
  const { client } = await startTestDaemon();
  const { segment } = await client.createSegment({ state: { systemPrompt: "be brief", config: { topK: 1 } } });
  const { segmentId, sessionId } = segment!;
  for (let i = 0; i < 4; i++) await client.append({ segmentId, entries: [assistantText("x".repeat(MIB))] });
  await client.append({ segmentId, entries: [extension("pod.scope", '{"allow":[],"deny":[]}'), turnEnd(7n), runCompleted(true)] });

  const parts = (await collected(client.restoreSegment({ segmentId }))).map(({ state }) => state!);

  const setIn = (isSet: (part: (typeof parts)[number]) => boolean) => parts.flatMap((part, i) => (isSet(part) ? [i] : []));
  const last = parts.length - 1;
  expect(last).toBeGreaterThan(2);
  expect(setIn(({ systemPrompt }) => systemPrompt !== undefined)).toHaveLength(1);
  expect(setIn(({ config }) => config !== undefined)).toHaveLength(1);
  expect(setIn(({ podScope }) => podScope !== undefined)).toHaveLength(1);
  expect(setIn((part) => part.sessionId !== "" || part.turnCount !== 0n || part.lastRunInterrupted || part.entryCount !== 0n)).toEqual([
    last,
  ]);
  expect(parts[last]).toMatchObject({ sessionId, turnCount: 7n, lastRunInterrupted: true, entryCount: 8n });
});

test("what is appended while a state is read does not show in it", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  for (let i = 0; i < 20; i++) await client.append({ segmentId, entries: [assistantText("x".repeat(MIB))] });
  const states = [];

  for await (const { state } of client.restoreSegment({ segmentId })) {
    if (states.length === 0) await client.append({ segmentId, entries: [userInput("late")] });
    states.push(state);
  }

  expect(states.at(-1)).toMatchObject({ entryCount: 21n, userInputs: [] });
});
