import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { expect, test } from "vitest";
import { EntrySchema, Role } from "../../gen/seglog/v1/entry_pb.js";
import { ImportSegmentRequestSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { idToUuid, parseSegmentId, parseSessionId } from "../../src/model/id.js";
import { aSegment, entriesOf, newId, segmentOf, someEntries, stateOf } from "../support/a-segment.js";
import {
  assistantText,
  configChanged,
  type EntryInit,
  entryOfBytes,
  foreign,
  openingHistory,
  placed,
  segmentStart,
  textMessage,
  turnEnd,
  userInput,
} from "../support/entries.js";
import { rawService } from "../support/raw-service.js";
import { refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

const MIB = 1024 * 1024;

/** A segment as it is elsewhere. */
interface Elsewhere {
  readonly sessionId: string;
  readonly segmentId: string;
  readonly entries: readonly EntryInit[];
}

function elsewhere(...log: EntryInit[]): Elsewhere {
  const sessionId = newId();
  return { sessionId, segmentId: newId(), entries: [placed(segmentStart(sessionId, { systemPrompt: "be brief" }), { timeMs: 5 }), ...log] };
}

/** Imports it in messages of so many entries; the first one only carries the ids. */
function importIn(client: SegmentClient, { sessionId, segmentId, entries }: Elsewhere, perMessage = 100) {
  const messages: MessageInitShape<typeof ImportSegmentRequestSchema>[] = [{ sessionId, segmentId }];
  for (let i = 0; i < entries.length; i += perMessage) messages.push({ entries: entries.slice(i, i + perMessage) });
  return client.importSegment(messages);
}

test("a segment that is not here comes with its opening entry, ids and times, in a session that is created", async () => {
  const { client } = await startTestDaemon();
  const log = elsewhere(placed(userInput("a"), { timeMs: 60_000 }), placed(turnEnd(4n), { timeMs: 30_000 }), userInput("b"));

  const { segment, addedCount } = await importIn(client, log);

  expect(addedCount).toBe(4n);
  expect(segment).toMatchObject({ segmentId: log.segmentId, sessionId: log.sessionId, entryCount: 4n, turnCount: 4n });
  const entries = await entriesOf(client, log.segmentId);
  expect(entries).toMatchObject(log.entries.map(({ kind }) => ({ kind })));
  expect(entries.slice(0, 3).map(({ time }) => time?.seconds)).toEqual([0n, 60n, 30n]);
  expect(entries[3]?.time?.seconds).toBeGreaterThan(1_000_000n);
  expect(await client.getSession({ sessionId: log.sessionId })).toMatchObject({ session: { segmentCount: 1n } });
});

test("an import that comes again adds nothing", async () => {
  const { client } = await startTestDaemon();
  const log = elsewhere(...someEntries(5));
  const first = await importIn(client, log);
  const { headPosition } = await client.getStatus({});

  const again = await importIn(client, log);

  expect(again).toEqual({ ...first, addedCount: 0n });
  expect(await client.getStatus({})).toMatchObject({ headPosition });
});

test("an import of a log that grew adds what is missing", async () => {
  const { client } = await startTestDaemon();
  const log = elsewhere(...someEntries(5));
  await importIn(client, log);
  const grown = { ...log, entries: [...log.entries, turnEnd(1n), userInput("more")] };

  const { segment, addedCount } = await importIn(client, grown);

  expect(addedCount).toBe(2n);
  expect(segment).toMatchObject({ entryCount: 8n, turnCount: 1n });
  expect(await entriesOf(client, log.segmentId)).toMatchObject(grown.entries.map(({ kind }) => ({ kind })));
});

test("a shorter log adds nothing", async () => {
  const { client } = await startTestDaemon();
  const log = elsewhere(...someEntries(5));
  await importIn(client, log);

  const { segment, addedCount } = await importIn(client, { ...log, entries: log.entries.slice(0, 3) });

  expect(addedCount).toBe(0n);
  expect(segment).toMatchObject({ entryCount: 6n });
});

test.each([0, 1, 4, 5])("a log that differs is refused at the first difference (%i)", async (index) => {
  const { client } = await startTestDaemon();
  const log = elsewhere(...someEntries(5));
  await importIn(client, log);
  const before = await segmentOf(client, log.segmentId);
  const entries = log.entries.map((entry, i) =>
    i < index ? entry : index === 0 && i === 0 ? segmentStart(log.sessionId) : userInput("other"),
  );

  const refusal = await refusalOf(importIn(client, { ...log, entries: [...entries, userInput("more")] }));

  expect(refusal).toMatchObject({
    code: "ALREADY_EXISTS",
    reason: "SEGMENT_DIFFERS",
    metadata: { segment_id: log.segmentId, index: String(index) },
  });
  expect(await segmentOf(client, log.segmentId)).toEqual(before);
});

test("a difference is found in a log of several units and messages", async () => {
  const { client } = await startTestDaemon();
  const log = elsewhere(...someEntries(2500));
  await importIn(client, log);
  const entries = log.entries.map((entry, i) => (i === 2345 ? userInput("other") : entry));

  const refusal = await refusalOf(importIn(client, { ...log, entries }, 700));

  expect(refusal).toMatchObject({ reason: "SEGMENT_DIFFERS", metadata: { index: "2345" } });
});

const SAME: readonly { readonly why: string; readonly here: EntryInit; readonly given: EntryInit }[] = [
  { why: "a time that is unset in what is given", here: placed(userInput("a"), { timeMs: 5 }), given: userInput("a") },
  { why: "a time that was unset when it came", here: userInput("a"), given: userInput("a") },
  { why: "index and position", here: userInput("a"), given: placed(userInput("a"), { index: 77n, position: 5n }) },
];

test.each(SAME)("$why makes no difference", async ({ here, given }) => {
  const { client } = await startTestDaemon();
  const log = elsewhere(here);
  await importIn(client, log);

  expect(await importIn(client, { ...log, entries: [log.entries[0]!, given] })).toMatchObject({ addedCount: 0n });
});

const DIFFERENT: readonly { readonly why: string; readonly here: EntryInit; readonly given: EntryInit }[] = [
  { why: "another time", here: placed(userInput("a"), { timeMs: 5 }), given: placed(userInput("a"), { timeMs: 6 }) },
  { why: "a time where the daemon's stands", here: userInput("a"), given: placed(userInput("a"), { timeMs: 6 }) },
  { why: "another kind", here: userInput("a"), given: assistantText("a") },
  { why: "an empty optional field", here: configChanged({}), given: configChanged({ maxTokens: 0 }) },
  { why: "an empty piece", here: { kind: { case: "userInput", value: {} } }, given: userInput("") },
];

test.each(DIFFERENT)("$why makes a difference", async ({ here, given }) => {
  const { client } = await startTestDaemon();
  const log = elsewhere(here);
  await importIn(client, log);

  expect(await refusalOf(importIn(client, { ...log, entries: [log.entries[0]!, given] }))).toMatchObject({
    reason: "SEGMENT_DIFFERS",
    metadata: { index: "1" },
  });
});

test("entries are compared by meaning, and unknown fields by their bytes", async () => {
  const { client, socket } = await startTestDaemon();
  const log = elsewhere();
  const service = rawService(socket);
  const bytesOf = (entry: EntryInit) => toBinary(EntrySchema, create(EntrySchema, entry));
  const unknown = (number: number, text: string) => new BinaryWriter().tag(number, WireType.LengthDelimited).string(text).finish();
  const importEntry = (...entry: Uint8Array[]) => {
    const ids = toBinary(ImportSegmentRequestSchema, create(ImportSegmentRequestSchema, { ...log, entries: [...log.entries] }));
    const raw = new BinaryWriter()
      .tag(ImportSegmentRequestSchema.field.entries.number, WireType.LengthDelimited)
      .bytes(Buffer.concat(entry))
      .finish();
    return service.answer("importSegment", ids, raw);
  };
  const time = bytesOf(placed({}, { timeMs: 61_500 }));
  const input = bytesOf(userInput("a"));
  await importEntry(time, input, unknown(150, "x"), unknown(151, "y"));

  await importEntry(input, time, unknown(150, "x"), unknown(151, "y"));
  await importEntry(
    bytesOf(placed({}, { timeMs: 60_000 })),
    input,
    unknown(150, "x"),
    bytesOf(placed({}, { timeMs: 61_500 })),
    unknown(151, "y"),
  );

  for (const different of [
    [],
    [unknown(150, "x")],
    [unknown(150, "x"), unknown(151, "z")],
    [unknown(150, "x"), unknown(151, "y"), unknown(152, "")],
  ]) {
    expect(await refusalOf(importEntry(time, input, ...different))).toMatchObject({ reason: "SEGMENT_DIFFERS", metadata: { index: "1" } });
  }
  expect(await segmentOf(client, log.segmentId)).toMatchObject({ entryCount: 2n });
});

test("a segment that is here in another session is refused", async () => {
  const { client } = await startTestDaemon();
  const log = elsewhere(...someEntries(2));
  await importIn(client, log);
  const sessionId = newId();

  const refusal = await refusalOf(importIn(client, { ...log, sessionId }));

  expect(refusal).toMatchObject({
    code: "ALREADY_EXISTS",
    reason: "SEGMENT_EXISTS",
    metadata: { segment_id: log.segmentId, session_id: log.sessionId },
  });
  expect(await refusalOf(client.getSession({ sessionId }))).toMatchObject({ reason: "SESSION_NOT_FOUND" });
});

test("a segment joins a session that is here", async () => {
  const { client } = await startTestDaemon();
  const { sessionId } = await aSegment(client);

  const { segment } = await importIn(client, { ...elsewhere(), sessionId, entries: [segmentStart(sessionId)] });

  expect(segment?.sessionId).toBe(sessionId);
  expect((await client.listSegments({ sessionId })).segments).toHaveLength(2);
});

test("a fork comes by reference where its base is here, and inherits it", async () => {
  const { client } = await startTestDaemon();
  const source = await aSegment(client, { log: [userInput("a"), userInput("b")] });
  const { sessionId } = source;
  const origin = { segmentId: source.segmentId, atTurn: 9n };
  const base = { segmentId: source.segmentId, entryCount: 2n };
  const log = { sessionId, segmentId: newId(), entries: [segmentStart(sessionId, { forkedFrom: origin, base }), userInput("c")] };

  const { segment } = await importIn(client, log);

  expect(segment).toMatchObject({ forkedFrom: origin, base, entryCount: 2n });
  expect((await stateOf(client, log.segmentId)).history).toHaveLength(2);
  expect(await refusalOf(client.deleteSegment({ segmentId: source.segmentId }))).toMatchObject({ reason: "HAS_DEPENDENTS" });
});

test("a base that is not here, in another session, too short or inside an opening is refused", async () => {
  const { client } = await startTestDaemon();
  const source = await aSegment(client, { openingEntries: 3, entries: 4 });
  const stranger = await aSegment(client, { entries: 4 });
  const { sessionId } = source;
  const segmentId = newId();
  const importOn = (baseId: string, entryCount: bigint) =>
    refusalOf(importIn(client, { sessionId, segmentId, entries: [segmentStart(sessionId, { base: { segmentId: baseId, entryCount } })] }));
  const missing = newId();

  const refusals = [
    await importOn(missing, 1n),
    await importOn(stranger.segmentId, 1n),
    await importOn(source.segmentId, 5n),
    await importOn(source.segmentId, 2n ** 64n - 1n),
    await importOn(source.segmentId, 2n),
    await importOn(source.segmentId, 0n),
    await importOn(segmentId, 1n),
  ];

  for (const refusal of refusals) expect(refusal).toMatchObject({ code: "FAILED_PRECONDITION", reason: "BASE_NOT_FOUND" });
  expect(refusals[0]?.metadata).toMatchObject({ segment_id: missing, entry_count: "1" });
  expect((await client.listSegments({ sessionId })).segments).toHaveLength(1);
});

test("a base beside a state of its own is refused, for replay would drop that", async () => {
  const { client } = await startTestDaemon();
  const { sessionId, segmentId } = await aSegment(client, { entries: 3 });
  const base = { segmentId, entryCount: 2n };
  const entries = [segmentStart(sessionId, { base, systemPrompt: "mine" })];

  const refusal = await refusalOf(importIn(client, { sessionId, segmentId: newId(), entries }));

  expect(refusal).toMatchObject({ code: "INVALID_ARGUMENT", fields: ["entries[0].segment_start.base"] });
});

test("an import whose bases are too many is refused", async () => {
  const { client } = await startTestDaemon({ limits: { forkDepthMax: 1 } });
  const source = await aSegment(client);
  const { segment: fork } = await client.forkSegment({ segmentId: source.segmentId });
  const { sessionId } = source;
  const log = {
    sessionId,
    segmentId: newId(),
    entries: [segmentStart(sessionId, { base: { segmentId: fork!.segmentId, entryCount: 1n } })],
  };

  expect(await refusalOf(importIn(client, log))).toMatchObject({ code: "RESOURCE_EXHAUSTED", reason: "FORK_TOO_DEEP" });
});

test("origins are kept as given, also of segments that are not here", async () => {
  const { client } = await startTestDaemon();
  const sessionId = newId();
  const forkedFrom = { segmentId: newId(), atTurn: 3n };
  const compactedFrom = { segmentId: newId(), atTurn: 2n ** 64n - 1n };

  const { segment } = await importIn(client, {
    sessionId,
    segmentId: newId(),
    entries: [segmentStart(sessionId, { forkedFrom, compactedFrom })],
  });

  expect(segment).toMatchObject({ forkedFrom, compactedFrom });
});

test("ids may be UUIDs, of the session, the segment, the origin and the base", async () => {
  const { client } = await startTestDaemon();
  const source = await aSegment(client, { entries: 2 });
  const sourceUuid = idToUuid(parseSegmentId(source.segmentId));
  const sessionUuid = idToUuid(parseSessionId(source.sessionId));
  const segmentId = newId();
  const start = segmentStart(sessionUuid, {
    forkedFrom: { segmentId: sourceUuid, atTurn: 1n },
    base: { segmentId: sourceUuid, entryCount: 2n },
  });

  const { segment } = await importIn(client, { sessionId: sessionUuid, segmentId: idToUuid(parseSegmentId(segmentId)), entries: [start] });

  expect(segment).toMatchObject({
    segmentId,
    sessionId: source.sessionId,
    forkedFrom: { segmentId: source.segmentId },
    base: { segmentId: source.segmentId },
  });
  expect(await stateOf(client, segmentId)).toMatchObject({ sessionId: source.sessionId });
});

test("the first of all must be a segment_start", async () => {
  const { client } = await startTestDaemon();
  const log = { ...elsewhere(), entries: [userInput("a")] };

  expect(await refusalOf(importIn(client, log))).toMatchObject({
    code: "INVALID_ARGUMENT",
    reason: "INVALID_FIELD",
    fields: ["entries[0]"],
  });
  expect((await client.listSegments({})).segments).toEqual([]);
});

test("a later start replaces, and may have no base", async () => {
  const { client } = await startTestDaemon();
  const source = await aSegment(client);
  const { sessionId } = source;
  const base = { segmentId: source.segmentId, entryCount: 1n };
  const log = elsewhere(userInput("a"), segmentStart(newId(), { systemPrompt: "new" }), userInput("b"));
  const based = { sessionId, segmentId: newId(), entries: [segmentStart(sessionId), userInput("a"), segmentStart(sessionId, { base })] };

  await importIn(client, log);
  const refusal = await refusalOf(importIn(client, based));

  const state = await stateOf(client, log.segmentId);
  expect(state).toMatchObject({ systemPrompt: "new", entryCount: 4n });
  expect(state.history).toHaveLength(1);
  expect(refusal).toMatchObject({ code: "INVALID_ARGUMENT", fields: ["entries[2].segment_start.base"] });
});

test("a stream without messages, without ids or without entries is refused", async () => {
  const { client } = await startTestDaemon();
  const [sessionId, segmentId] = [newId(), newId()];

  expect(await refusalOf(client.importSegment([]))).toMatchObject({ reason: "INVALID_FIELD", fields: ["session_id"] });
  expect(await refusalOf(client.importSegment([{ segmentId }]))).toMatchObject({ reason: "INVALID_FIELD", fields: ["session_id"] });
  expect(await refusalOf(client.importSegment([{ sessionId }]))).toMatchObject({ reason: "INVALID_FIELD", fields: ["segment_id"] });
  expect(await refusalOf(client.importSegment([{ sessionId, segmentId }]))).toMatchObject({ reason: "INVALID_FIELD", fields: ["entries"] });
});

test("ids are read from the first message only", async () => {
  const { client } = await startTestDaemon();
  const log = elsewhere(userInput("a"));
  const { sessionId, segmentId } = log;

  const { segment } = await client.importSegment([
    { sessionId, segmentId, entries: log.entries.slice(0, 1) },
    { sessionId: newId(), segmentId: newId(), entries: log.entries.slice(1) },
  ]);

  expect(segment).toMatchObject({ sessionId, segmentId, entryCount: 2n });
});

test("a bad entry is refused by its path in its message", async () => {
  const { client } = await startTestDaemon();
  const log = elsewhere(...someEntries(4), {});

  expect(await refusalOf(importIn(client, log, 2))).toMatchObject({
    code: "INVALID_ARGUMENT",
    reason: "INVALID_FIELD",
    fields: ["entries[1]"],
  });
});

test("a log of many entries is added in units of at most 1000, each whole", async () => {
  const { client } = await startTestDaemon();
  const log = elsewhere(...someEntries(2499));
  const broken = { ...log, entries: [...log.entries.slice(0, 2200), {}] };

  expect(await refusalOf(importIn(client, broken, 1000))).toMatchObject({ fields: ["entries[200]"] });
  const { entryCount } = await segmentOf(client, log.segmentId);
  const { addedCount } = await importIn(client, log, 1000);

  expect(entryCount).toBe(2000n);
  expect(addedCount).toBe(500n);
  expect(await entriesOf(client, log.segmentId)).toMatchObject(log.entries.map(({ kind }) => ({ kind })));
});

test("an opening of 50 MB comes in opening history, and restores whole", async () => {
  const { client } = await startTestDaemon();
  const history = Array.from({ length: 50 }, (_, i) => textMessage(Role.USER, `${i}`.padEnd(MIB, "x")));
  const log = elsewhere(...history.map((item) => openingHistory(item)), userInput("first"));

  const { segment, addedCount } = await importIn(client, log, 1);
  const { segment: fork } = await client.forkSegment({ segmentId: log.segmentId, at: { case: "turn", value: 0n } });

  expect(addedCount).toBe(52n);
  expect(segment).toMatchObject({ entryCount: 52n });
  expect((await stateOf(client, log.segmentId)).history).toMatchObject([...history, {}]);
  expect(fork).toMatchObject({ base: { entryCount: 51n } });
});

test("an entry may pass the limit by what a daemon added, and no more", async () => {
  const { client } = await startTestDaemon();
  const large = elsewhere(entryOfBytes(3 * MIB + 1024));
  const larger = elsewhere(entryOfBytes(3 * MIB + 1025));

  expect(await importIn(client, large)).toMatchObject({ addedCount: 2n });
  expect(await refusalOf(importIn(client, larger))).toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    reason: "ENTRY_TOO_LARGE",
    metadata: { field: "entries[1]" },
  });
});

test("what was read from one daemon is imported into another and compares equal", async () => {
  const { client } = await startTestDaemon();
  const { client: other } = await startTestDaemon();
  const source = await aSegment(client, { entries: 30 });
  const { segment: fork } = await client.forkSegment({ segmentId: source.segmentId });
  await client.append({ segmentId: fork!.segmentId, entries: someEntries(5) });
  await aSegment(other, { entries: 7 }); // so that positions differ

  for (const { segmentId, sessionId } of [source, fork!]) {
    const entries = await entriesOf(client, segmentId);
    await importIn(other, { sessionId, segmentId, entries });
    expect(await importIn(other, { sessionId, segmentId, entries })).toMatchObject({ addedCount: 0n });
    expect(await importIn(client, { sessionId, segmentId, entries: await entriesOf(other, segmentId) })).toMatchObject({ addedCount: 0n });
    expect(await stateOf(other, segmentId)).toEqual(await stateOf(client, segmentId));
  }
});

test("foreign entries are kept, and replay as nothing", async () => {
  const { client } = await startTestDaemon();
  const log = elsewhere(foreign('{"kind":"someday"}'), userInput("a"));

  await importIn(client, log);

  expect((await entriesOf(client, log.segmentId))[1]).toMatchObject(foreign('{"kind":"someday"}'));
  expect(await stateOf(client, log.segmentId)).toMatchObject({ unknownEntryCount: 1n, entryCount: 3n, history: [{}] });
});

test("imports of one segment at once agree on one log", async () => {
  const { client } = await startTestDaemon();
  const log = elsewhere(...someEntries(3000));

  const answers = await Promise.all(Array.from({ length: 4 }, (_, i) => importIn(client, log, 100 + 150 * i)));

  expect(answers.reduce((sum, { addedCount }) => sum + addedCount, 0n)).toBe(3001n);
  expect(await entriesOf(client, log.segmentId)).toMatchObject(log.entries.map(({ kind }) => ({ kind })));
});
