import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { EntrySchema, Role } from "../../gen/seglog/v1/entry_pb.js";
import { CreateSegmentResponseSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { nested, raw, varint } from "../model/raw-message.js";
import { aSegment, entriesOf, newId, segmentOf, stateOf } from "../support/a-segment.js";
import { segmentStart, textMessage } from "../support/entries.js";
import { rawService } from "../support/raw-service.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

test("a segment without ids gets new ones, in a session of its own", async () => {
  const { client } = await startTestDaemon();

  const { segment: first, replayed } = await client.createSegment({});
  const { segment: second } = await client.createSegment({});

  expect(replayed).toBe(false);
  expect(first).toMatchObject({ entryCount: 1n, headPosition: 1n, turnCount: 0n, lastRunInterrupted: false });
  expect([first?.forkedFrom, first?.compactedFrom, first?.base]).toEqual([undefined, undefined, undefined]);
  expect(first?.segmentId).toMatch(ULID);
  expect(first?.sessionId).toMatch(ULID);
  expect(new Set([first?.segmentId, first?.sessionId, second?.segmentId, second?.sessionId]).size).toBe(4);
  expect((second?.segmentId ?? "") > (first?.segmentId ?? "")).toBe(true);
});

test("a segment opens with the state that its writer gives", async () => {
  const { client } = await startTestDaemon();
  const history = [textMessage(Role.USER, "hi"), textMessage(Role.ASSISTANT, "hello")];
  const config = { maxTokens: 10, stopSequences: ["##"], reasoning: { case: "reasoningBudgetTokens" as const, value: -1 } };

  const { segment } = await client.createSegment({ state: { systemPrompt: "be brief", config, history } });
  const state = await stateOf(client, segment!.segmentId);
  const entries = await entriesOf(client, segment!.segmentId);

  expect(state).toMatchObject({ sessionId: segment!.sessionId, systemPrompt: "be brief", config, history, entryCount: 1n });
  expect(entries).toMatchObject([
    {
      index: 0n,
      position: 1n,
      kind: { case: "segmentStart", value: { sessionId: segment!.sessionId, systemPrompt: "be brief", config, history } },
    },
  ]);
});

test("a segment without a state opens empty", async () => {
  const { client } = await startTestDaemon();

  const { segmentId } = await aSegment(client);
  const { systemPrompt, config, history } = await stateOf(client, segmentId);

  expect({ systemPrompt, config, history }).toEqual({ systemPrompt: undefined, config: undefined, history: [] });
});

test("an empty system prompt is not the same as none", async () => {
  const { client } = await startTestDaemon();

  const { segment } = await client.createSegment({ state: { systemPrompt: "" } });

  expect(await stateOf(client, segment!.segmentId)).toMatchObject({ systemPrompt: "" });
});

test("a session is created where it is not there, and joined where it is", async () => {
  const { client } = await startTestDaemon();
  const sessionId = newId();

  const first = await aSegment(client, { sessionId });
  const second = await aSegment(client, { sessionId });

  expect([first.sessionId, second.sessionId]).toEqual([sessionId, sessionId]);
  expect(await client.getSession({ sessionId })).toMatchObject({ session: { segmentCount: 2n } });
});

test("a segment id that is taken is refused, also from another session, and the segment stays as it is", async () => {
  const { client } = await startTestDaemon();
  const taken = await aSegment(client, { entries: 3 });

  const again = await refusalOf(client.createSegment({ sessionId: taken.sessionId, segmentId: taken.segmentId }));
  const elsewhere = await refusalOf(client.createSegment({ segmentId: taken.segmentId }));

  const refusal = {
    code: "ALREADY_EXISTS",
    reason: "SEGMENT_EXISTS",
    metadata: { segment_id: taken.segmentId, session_id: taken.sessionId },
  };
  expect([again, elsewhere]).toMatchObject([refusal, refusal]);
  expect(await segmentOf(client, taken.segmentId)).toEqual(taken);
});

test("a session is not created where its segment is refused", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const sessionId = newId();

  await refusalOf(client.createSegment({ sessionId, segmentId }));

  expect(await refusalOf(client.getSession({ sessionId }))).toMatchObject({ reason: "SESSION_NOT_FOUND" });
});

test("the id of a deleted segment may be used again, and nothing of the old one shows", async () => {
  const { client } = await startTestDaemon();
  const old = await aSegment(client, { entries: 5 });
  await client.deleteSegment({ segmentId: old.segmentId });

  const { segment } = await client.createSegment({ sessionId: old.sessionId, segmentId: old.segmentId });

  expect(segment).toMatchObject({ segmentId: old.segmentId, entryCount: 1n });
  expect(await entriesOf(client, old.segmentId)).toHaveLength(1);
});

test("a segment of a deleted session's id and of its segment's id starts afresh", async () => {
  const { client } = await startTestDaemon();
  const old = await aSegment(client, { entries: 5 });
  await client.deleteSession({ sessionId: old.sessionId });

  const { segment } = await client.createSegment({ sessionId: old.sessionId, segmentId: old.segmentId });

  expect(segment).toMatchObject({ entryCount: 1n });
  expect(await client.getSession({ sessionId: old.sessionId })).toMatchObject({ session: { segmentCount: 1n, entryCount: 1n } });
});

test("an opening entry may be as large as the limit of an entry and no larger", async () => {
  const entryBytesMax = 2000;
  const { client } = await startTestDaemon({ limits: { entryBytesMax } });
  const sessionId = newId();
  const empty = toBinary(EntrySchema, create(EntrySchema, segmentStart(sessionId, { systemPrompt: "x".repeat(1000) }))).length - 1000;
  const stateOfSize = (bytes: number) => ({ systemPrompt: "x".repeat(bytes - empty) });

  const { segment } = await client.createSegment({ sessionId, state: stateOfSize(entryBytesMax) });
  const refusal = await refusalOf(client.createSegment({ sessionId, state: stateOfSize(entryBytesMax + 1) }));

  expect(segment).toMatchObject({ entryCount: 1n });
  expect(refusal).toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    reason: "ENTRY_TOO_LARGE",
    metadata: { field: "state", byte_size: "2001", entry_bytes_max: "2000" },
  });
});

test("a state with a bad item is refused by its path", async () => {
  const { client } = await startTestDaemon();
  const history = [textMessage(Role.USER, "hi"), textMessage(Role.UNSPECIFIED, "who?")];

  const refusal = await refusalOf(client.createSegment({ state: { history } }));

  expect(refusal).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: ["state.history[1].message.role"] });
});

test("a state is kept as it was sent, in parts and with what this daemon does not know", async () => {
  const { client, socket } = await startTestDaemon();
  const item = (callId: string) => nested(3, nested(2, nested(1, callId)), nested(9, "of a later version"));
  const request = raw(nested(3, nested(1, "be brief"), item("1"), nested(2, varint(1, 5))), nested(3, nested(2, varint(4, 6)), item("2")));

  const answer = await rawService(socket).answer("createSegment", request);
  const { segment } = fromBinary(CreateSegmentResponseSchema, answer);
  const { systemPrompt, config, history } = await stateOf(client, segment!.segmentId);

  expect(systemPrompt).toBe("be brief");
  expect(config).toMatchObject({ maxTokens: 5, topK: 6 });
  expect(history.map(({ kind, $unknown }) => [kind.value, $unknown])).toMatchObject([
    [{ callId: "1" }, [{ no: 9 }]],
    [{ callId: "2" }, [{ no: 9 }]],
  ]);
});
