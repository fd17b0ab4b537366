import { create, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { InvokeTrigger, RunResult } from "../../gen/seglog/v1/entry_pb.js";
import { AppendRequestSchema, OnConflict } from "../../gen/seglog/v1/segment_service_pb.js";
import { aSegment, entriesOf, newId, segmentOf, someEntries, stateOf } from "../support/a-segment.js";
import {
  assistantText,
  configChanged,
  type EntryInit,
  entryOfBytes,
  extension,
  foreign,
  openingHistory,
  placed,
  runCompleted,
  segmentStart,
  systemItem,
  toolResult,
  turnEnd,
  usage,
  userInput,
} from "../support/entries.js";
import { grpcRefusalOf, refusalOf } from "../support/refusal.js";
import { startTestDaemon } from "../support/test-daemon.js";

const MIB = 1024 * 1024;

test("entries get the next indexes and positions, and the answer says where they went", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });
  await aSegment(client); // takes a position between

  const answer = await client.append({ segmentId, entries: [userInput("a"), assistantText("b")] });

  expect(answer).toMatchObject({ segmentId, firstIndex: 3n, entryCount: 5n, headPosition: 6n, forked: false, replayed: false });
  const entries = await entriesOf(client, segmentId);
  expect(entries.map(({ index }) => index)).toEqual([0n, 1n, 2n, 3n, 4n]);
  expect(entries.map(({ position }) => position)).toEqual([1n, 2n, 3n, 5n, 6n]);
  expect(await segmentOf(client, segmentId)).toMatchObject({ entryCount: 5n, headPosition: 6n });
});

test("an entry without a time gets the daemon's clock, one with a time keeps it", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const timeMs = -4_877;
  const beforeSeconds = BigInt(Math.floor(Date.now() / 1000));

  await client.append({ segmentId, entries: [userInput("now"), placed(userInput("then"), { timeMs })] });

  const [, now, then] = await entriesOf(client, segmentId);
  expect(now?.time?.seconds).toBeGreaterThanOrEqual(beforeSeconds);
  expect(now?.time?.seconds).toBeLessThanOrEqual(BigInt(Math.floor(Date.now() / 1000)));
  expect(then?.time).toMatchObject({ seconds: -5n, nanos: 123_000_000 });
});

test("index and position that a client sends do not show", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);

  await client.append({ segmentId, entries: [placed(userInput("hi"), { index: 99n, position: 2n ** 64n - 1n })] });

  expect((await entriesOf(client, segmentId))[1]).toMatchObject({ index: 1n, position: 2n });
});

const KINDS: readonly EntryInit[] = [
  { kind: { case: "invoke", value: { trigger: InvokeTrigger.WAKEUP } } },
  userInput("hi"),
  assistantText("hello"),
  toolResult("1"),
  systemItem("note"),
  turnEnd(1n),
  runCompleted(),
  { kind: { case: "runErrored", value: { message: "status 503" } } },
  configChanged({ maxTokens: 5 }),
  usage(1n),
  extension("metrics", '{"n":12345678901234567890}'),
  { kind: { case: "pausedTurnAbandoned", value: {} } },
];

test("any kind but those of the daemon may be appended, and comes back as it was", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);

  await client.append({ segmentId, entries: [...KINDS] });

  const read = await entriesOf(client, segmentId);
  expect(read.slice(1).map(({ kind }) => kind)).toMatchObject(KINDS.map(({ kind }) => kind));
});

const DAEMON_KINDS: readonly (readonly [string, EntryInit])[] = [
  ["segment_start", segmentStart(newId())],
  ["opening_history", openingHistory()],
  ["foreign", foreign("{}")],
];

test.each(DAEMON_KINDS)("%s is a kind that no append may write", async (name, entry) => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);

  const refusal = await refusalOf(client.append({ segmentId, entries: [userInput("hi"), entry] }));

  expect(refusal).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: [`entries[1].${name}`] });
});

test("an append of no entry, or of more than 1000, is refused; 1000 are not", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);

  const none = await refusalOf(client.append({ segmentId, entries: [] }));
  const many = await refusalOf(client.append({ segmentId, entries: someEntries(1001) }));
  const answer = await client.append({ segmentId, entries: someEntries(1000) });

  for (const refusal of [none, many])
    expect(refusal).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: ["entries"] });
  expect(answer).toMatchObject({ firstIndex: 1n, entryCount: 1001n });
});

const BAD_ENTRIES: readonly (readonly [path: string, entry: EntryInit])[] = [
  ["entries[2]", {}],
  ["entries[2].assistant_item.item", { kind: { case: "assistantItem", value: {} } }],
  ["entries[2].tool_result.item.kind", { kind: { case: "toolResult", value: { item: {} } } }],
  ["entries[2].invoke.trigger", { kind: { case: "invoke", value: {} } }],
  ["entries[2].run_completed.result", { kind: { case: "runCompleted", value: { result: RunResult.UNSPECIFIED } } }],
  ["entries[2].extension.payload_json", extension("x", "{")],
  ["entries[2].extension.payload_json", extension("x", "")],
  ["entries[2].config_changed.config.temperature", configChanged({ temperature: Number.NaN })],
  ["entries[2].config_changed.config.top_p", configChanged({ topP: Number.POSITIVE_INFINITY })],
  ["entries[2].time", placed(userInput("hi"), { timeMs: 253_402_300_800_000 })], // year 10000
];

test.each(BAD_ENTRIES)("a bad entry is refused by its path (%s), and nothing of its unit is written", async (path, bad) => {
  const { client } = await startTestDaemon();
  const segment = await aSegment(client, { entries: 2 });

  const refusal = await refusalOf(
    client.append({ segmentId: segment.segmentId, entries: [userInput("a"), userInput("b"), bad, userInput("c")] }),
  );

  expect(refusal).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: [path] });
  expect(await segmentOf(client, segment.segmentId)).toEqual(segment);
});

test("an append to a segment that does not exist is refused and creates nothing", async () => {
  const { client } = await startTestDaemon();
  const segmentId = newId();

  const refusal = await refusalOf(client.append({ segmentId, entries: [userInput("hi")] }));

  expect(refusal).toMatchObject({ code: "NOT_FOUND", reason: "SEGMENT_NOT_FOUND", metadata: { segment_id: segmentId } });
  expect((await client.listSegments({})).segments).toEqual([]);
});

test("an append holds where entry count, head position or both are as the writer believes", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });
  const entries = [userInput("hi")];

  const byCount = await client.append({ segmentId, entries, precondition: { entryCount: 3n } });
  const byPosition = await client.append({ segmentId, entries, precondition: { headPosition: byCount.headPosition } });
  const byBoth = await client.append({ segmentId, entries, precondition: { entryCount: 5n, headPosition: byPosition.headPosition } });
  const byNeither = await client.append({ segmentId, entries, precondition: {} });

  expect([byCount, byPosition, byBoth, byNeither].map(({ entryCount }) => entryCount)).toEqual([4n, 5n, 6n, 7n]);
});

const WRONG_BELIEFS = [
  { entryCount: 2n },
  { entryCount: 4n },
  { entryCount: 0n },
  { entryCount: 2n ** 64n - 1n },
  { headPosition: 2n },
  { headPosition: 4n },
  { headPosition: 0n },
  { entryCount: 3n, headPosition: 2n },
  { entryCount: 2n, headPosition: 3n },
];

test.each(WRONG_BELIEFS)(
  "a writer who believes $entryCount entries and head position $headPosition of 3 and 3 is told the head as it is",
  async (precondition) => {
    const { client } = await startTestDaemon();
    const segment = await aSegment(client, { entries: 3 });
    const { segmentId } = segment;

    for (const onConflict of [OnConflict.UNSPECIFIED, OnConflict.FAIL]) {
      const refusal = await refusalOf(client.append({ segmentId, entries: [userInput("hi")], precondition, onConflict }));
      expect(refusal).toMatchObject({
        code: "ABORTED",
        reason: "HEAD_MISMATCH",
        metadata: { segment_id: segmentId, entry_count: "3", head_position: "3" },
      });
    }
    expect(await segmentOf(client, segmentId)).toEqual(segment);
  },
);

test("of writers with the same precondition exactly one wins", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });

  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) => client.append({ segmentId, entries: [userInput(`${i}`)], precondition: { entryCount: 3n } })),
  );

  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await segmentOf(client, segmentId)).toMatchObject({ entryCount: 4n });
});

test("a conflict becomes a fork at the writer's count, with the writer's entries", async () => {
  const { client } = await startTestDaemon();
  const source = await aSegment(client, { log: [userInput("1"), turnEnd(4n), userInput("foreign"), turnEnd(5n)] });

  const answer = await client.append({
    segmentId: source.segmentId,
    entries: [userInput("mine"), turnEnd(5n)],
    precondition: { entryCount: 3n, headPosition: 3n },
    onConflict: OnConflict.FORK,
  });

  expect(answer).toMatchObject({ firstIndex: 1n, entryCount: 3n, headPosition: 8n, forked: true, replayed: false });
  expect(answer.segmentId).not.toBe(source.segmentId);
  expect(await segmentOf(client, answer.segmentId)).toMatchObject({
    sessionId: source.sessionId,
    forkedFrom: { segmentId: source.segmentId, atTurn: 4n },
    base: { segmentId: source.segmentId, entryCount: 3n },
    turnCount: 5n,
  });
  expect(await segmentOf(client, source.segmentId)).toEqual(source);
  expect((await stateOf(client, answer.segmentId)).history).toMatchObject([userMessage("1"), userMessage("mine")]);
});

test("without a head position the first entries are taken on trust", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });
  await client.truncateSegment({ segmentId, entryCount: 1n });
  await client.append({ segmentId, entries: someEntries(4) });
  const append = { segmentId, entries: [userInput("mine")], onConflict: OnConflict.FORK };

  const trusted = await client.append({ ...append, precondition: { entryCount: 3n } });
  const refusal = await refusalOf(client.append({ ...append, precondition: { entryCount: 3n, headPosition: 3n } }));

  expect(trusted).toMatchObject({ forked: true });
  expect(refusal).toMatchObject({ code: "ABORTED", reason: "HEAD_MISMATCH" });
});

test("a fork may be at the writer's count where that is the head and only the position is another", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });

  const refusal = await refusalOf(
    client.append({
      segmentId,
      entries: [userInput("x")],
      precondition: { entryCount: 3n, headPosition: 2n },
      onConflict: OnConflict.FORK,
    }),
  );

  // Position 2 is not that of entry 2: the writer's log is another one.
  expect(refusal).toMatchObject({ reason: "HEAD_MISMATCH", metadata: { entry_count: "3", head_position: "3" } });
});

const NOT_THE_WRITERS = [
  { why: "no entry count", precondition: { headPosition: 2n } },
  { why: "an entry count of 0", precondition: { entryCount: 0n } },
  { why: "an entry count of 0 and a position", precondition: { entryCount: 0n, headPosition: 1n } },
  { why: "an entry count past the head", precondition: { entryCount: 6n } },
  { why: "an entry count far past the head", precondition: { entryCount: 2n ** 64n - 1n } },
  { why: "an entry count past the head with its position", precondition: { entryCount: 6n, headPosition: 5n } },
  { why: "the head position of another entry", precondition: { entryCount: 4n, headPosition: 5n } },
  { why: "a head position past the head", precondition: { entryCount: 4n, headPosition: 500n } },
  { why: "a count inside the opening", precondition: { entryCount: 2n } },
  { why: "a count inside the opening with its position", precondition: { entryCount: 1n, headPosition: 1n } },
];

test.each(NOT_THE_WRITERS)("a conflict with $why does not become a fork", async ({ precondition }) => {
  const { client } = await startTestDaemon();
  const segment = await aSegment(client, { openingEntries: 3, entries: 5 });
  const { segmentId, sessionId } = segment;

  const refusal = await refusalOf(client.append({ segmentId, entries: [userInput("hi")], precondition, onConflict: OnConflict.FORK }));

  expect(refusal).toMatchObject({ code: "ABORTED", reason: "HEAD_MISMATCH", metadata: { entry_count: "5", head_position: "5" } });
  expect((await client.listSegments({ sessionId })).segments).toEqual([segment]);
});

test("a conflict becomes a fork right behind the opening", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { openingEntries: 3, entries: 5 });

  const answer = await client.append({
    segmentId,
    entries: [userInput("x")],
    precondition: { entryCount: 3n },
    onConflict: OnConflict.FORK,
  });

  expect(answer).toMatchObject({ forked: true, firstIndex: 1n });
});

test("ON_CONFLICT_FORK appends in place where the precondition holds", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client, { entries: 3 });

  const answer = await client.append({
    segmentId,
    entries: [userInput("hi")],
    precondition: { entryCount: 3n },
    onConflict: OnConflict.FORK,
  });

  expect(answer).toMatchObject({ segmentId, firstIndex: 3n, forked: false });
});

test("a number of on_conflict that is not known is refused", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const onConflict = 3 as OnConflict; // a client of a later contract

  const refusal = await refusalOf(client.append({ segmentId, entries: [userInput("hi")], onConflict }));

  expect(refusal).toMatchObject({ reason: "INVALID_FIELD", fields: ["on_conflict"] });
});

test("a conflict that would fork too deep is refused and writes nothing", async () => {
  const { client } = await startTestDaemon({ limits: { forkDepthMax: 1 } });
  const source = await aSegment(client, { entries: 3 });
  const fork = await client.forkSegment({ segmentId: source.segmentId });
  const { segmentId } = fork.segment!;
  await client.append({ segmentId, entries: someEntries(2) });

  const refusal = await refusalOf(
    client.append({ segmentId, entries: [userInput("x")], precondition: { entryCount: 2n }, onConflict: OnConflict.FORK }),
  );

  expect(refusal).toMatchObject({ code: "RESOURCE_EXHAUSTED", reason: "FORK_TOO_DEEP", metadata: { fork_depth_max: "1" } });
  expect((await client.listSegments({})).segments).toHaveLength(2);
});

test("an entry may be as large as 3 MiB and no larger", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);

  await client.append({ segmentId, entries: [entryOfBytes(3 * MIB - 1)] });
  await client.append({ segmentId, entries: [entryOfBytes(3 * MIB)] });
  const refusal = await refusalOf(client.append({ segmentId, entries: [userInput("hi"), entryOfBytes(3 * MIB + 1)] }));

  expect(refusal).toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    reason: "ENTRY_TOO_LARGE",
    metadata: { field: "entries[1]", byte_size: String(3 * MIB + 1), entry_bytes_max: String(3 * MIB) },
  });
  expect(await segmentOf(client, segmentId)).toMatchObject({ entryCount: 3n });
});

test("a submission that flattens to more than the limit is refused, though it takes less itself", async () => {
  const { client } = await startTestDaemon({ limits: { entryBytesMax: 2300 } });
  const { segmentId } = await aSegment(client);
  const unknownPieces = (count: number): EntryInit => ({
    kind: { case: "userInput", value: { pieces: Array.from({ length: count }, () => ({})) } },
  });

  const answer = await client.append({ segmentId, entries: [unknownPieces(100)] }); // 23 bytes each, flattened
  const refusal = await refusalOf(client.append({ segmentId, entries: [unknownPieces(101)] }));

  expect(answer.entryCount).toBe(2n);
  expect(refusal).toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    reason: "ENTRY_TOO_LARGE",
    metadata: { field: "entries[0].user_input", byte_size: "2323", entry_bytes_max: "2300" },
  });
});

test("a request may be as large as 4 MiB; gRPC refuses a larger one", async () => {
  const { client } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const requestOfBytes = (bytes: number) => {
    const entries = [entryOfBytes(1.5 * MIB), entryOfBytes(1.5 * MIB)];
    const empty = toBinary(AppendRequestSchema, create(AppendRequestSchema, { segmentId, entries })).length;
    return { segmentId, entries: [...entries, entryOfBytes(bytes - empty - 4)] }; // tag and length of the third take 4 bytes
  };
  const size = (bytes: number) => toBinary(AppendRequestSchema, create(AppendRequestSchema, requestOfBytes(bytes))).length;
  expect([size(4 * MIB - 1), size(4 * MIB), size(4 * MIB + 1)]).toEqual([4 * MIB - 1, 4 * MIB, 4 * MIB + 1]);

  await client.append(requestOfBytes(4 * MIB - 1));
  await client.append(requestOfBytes(4 * MIB));
  const refusal = await grpcRefusalOf(client.append(requestOfBytes(4 * MIB + 1)));

  expect(refusal).toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  expect(await segmentOf(client, segmentId)).toMatchObject({ entryCount: 7n });
});

test("writes above what may wait for a commit are refused, and then not written", async () => {
  const { client } = await startTestDaemon({ limits: { writesInFlightMax: 5 } });
  const { segmentId } = await aSegment(client);

  const calls = Array.from({ length: 100 }, () => client.append({ segmentId, entries: [userInput("hi")] }));
  const outcomes = await Promise.allSettled(calls);

  const refused = calls.filter((_, i) => outcomes[i]?.status === "rejected");
  expect(refused.length).toBeGreaterThan(0);
  for (const call of refused) expect(await refusalOf(call)).toMatchObject({ code: "RESOURCE_EXHAUSTED", reason: "TOO_MANY_IN_FLIGHT" });
  expect(await segmentOf(client, segmentId)).toMatchObject({ entryCount: BigInt(1 + calls.length - refused.length) });
});

test("errors never repeat what was sent", async () => {
  const { client, logLines } = await startTestDaemon();
  const { segmentId } = await aSegment(client);

  const refusal = await refusalOf(client.append({ segmentId, entries: [extension("secret-domain", "{secret-payload")] }));

  expect(JSON.stringify(refusal)).not.toContain("secret");
  expect(logLines.join("\n")).not.toContain("secret");
});

function userMessage(text: string) {
  return { kind: { case: "message", value: { content: [{ kind: { case: "text", value: text } }] } } };
}
