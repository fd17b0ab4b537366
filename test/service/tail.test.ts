import { describe, expect, test, vi } from "vitest";
import { EntryKind, TailEdge } from "../../gen/seglog/v1/segment_service_pb.js";
import { aSegment } from "../support/a-segment.js";
import { extension, turnEnd, userInput } from "../support/entries.js";
import { refusalOf } from "../support/refusal.js";
import { inShort, startTail, type TailInit, tailed } from "../support/tailing.js";
import { startTestDaemon } from "../support/test-daemon.js";

const BEGINNING = { case: "edge", value: TailEdge.BEGINNING } as const;
const STORE = { case: "store", value: {} } as const;

describe("what a tail takes in", () => {
  test("a session's tail takes in segments that are forked, compacted or created later, from their opening on", async () => {
    const { client } = await startTestDaemon();
    const { segmentId, sessionId } = await aSegment(client, { entries: 2 });
    const other = await aSegment(client);
    const tail = startTail(client, { scope: { case: "sessionId", value: sessionId } });
    await tail.upTo("caughtUp");

    const fork = await client.forkSegment({ segmentId });
    await client.append({ segmentId: other.segmentId, entries: [userInput("elsewhere")] });
    const compaction = await client.compactSegment({ segmentId });
    const sibling = await aSegment(client, { sessionId });
    await client.append({ segmentId: fork.segment!.segmentId, entries: [userInput("on the fork")] });
    await client.deleteSession({ sessionId });

    const names = {
      [fork.segment!.segmentId]: "fork",
      [compaction.segment!.segmentId]: "compaction",
      [sibling.segmentId]: "sibling",
      [sessionId]: "session",
    };
    expect(inShort(await tail.rest(), names)).toEqual(["fork:0", "compaction:0", "sibling:0", "fork:1", "session deleted"]);
  });

  test("a segment's tail takes in nothing of its siblings and forks", async () => {
    const { client } = await startTestDaemon();
    const { segmentId, sessionId } = await aSegment(client, { entries: 2 });
    const tail = startTail(client, { scope: { case: "segmentId", value: segmentId } });
    await tail.upTo("caughtUp");

    const { segment } = await client.forkSegment({ segmentId });
    const sibling = await aSegment(client, { sessionId, entries: 3 });
    await client.truncateSegment({ segmentId: sibling.segmentId, entryCount: 1n });
    await client.deleteSegment({ segmentId: segment!.segmentId });
    await client.append({ segmentId, entries: [turnEnd(1n)] });
    await client.deleteSegment({ segmentId });

    expect(inShort(await tail.rest(), { [segmentId]: "a" })).toEqual(["a:2", "a deleted"]);
  });

  test("entries tell their session and segment, index, position and time", async () => {
    const { client } = await startTestDaemon();
    const { segmentId, sessionId } = await aSegment(client, { log: [extension("test", '{"a":1}')] });

    const [message] = await tailed(client, { scope: STORE, start: BEGINNING });

    const [batch] = message?.event.case === "entries" ? message.event.value.batches : [];
    expect(batch).toMatchObject({
      sessionId,
      segmentId,
      entries: [
        { index: 0n, position: 1n },
        { index: 1n, position: 2n, kind: { case: "extension" } },
      ],
    });
    expect(batch?.entries.every(({ time }) => (time?.seconds ?? 0n) > 1_600_000_000n)).toBe(true);
  });
});

describe("events", () => {
  test("a cut inside an Append is told before what comes after it, which has lower indexes and higher positions", async () => {
    const { client } = await startTestDaemon();
    const { segmentId } = await aSegment(client, { log: [1n, 2n, 3n, 4n, 5n].map(turnEnd) });
    const tail = startTail(client, { scope: { case: "segmentId", value: segmentId } });
    await tail.upTo("caughtUp");

    await client.truncateSegment({ segmentId, entryCount: 3n });
    await client.append({ segmentId, entries: [userInput("again")] });

    const messages = await tail.upTo("entries");
    expect(inShort(messages, { [segmentId]: "a" })).toEqual(["a truncated to 3", "a:3"]);
    expect(messages.map(({ position }) => position)).toEqual([7n, 8n]);
  });

  test("the deletion of a segment ends its own tail and no other", async () => {
    const { client } = await startTestDaemon();
    const { segmentId, sessionId } = await aSegment(client, { entries: 2 });
    const sibling = await aSegment(client, { sessionId });
    const scopes = {
      segment: { case: "segmentId", value: segmentId },
      session: { case: "sessionId", value: sessionId },
      store: STORE,
    } as const;
    const tails = Object.values(scopes).map((scope) => startTail(client, { scope }));
    for (const tail of tails) await tail.upTo("caughtUp");

    await client.deleteSegment({ segmentId });
    await client.append({ segmentId: sibling.segmentId, entries: [turnEnd(1n)] });

    const [own, ofSession, ofStore] = tails;
    const names = { [segmentId]: "a", [sibling.segmentId]: "b" };
    expect(inShort(await own!.rest(), names)).toEqual(["a deleted"]);
    expect(inShort(await ofSession!.upTo("entries"), names)).toEqual(["a deleted", "b:1"]);
    expect(inShort(await ofStore!.upTo("entries"), names)).toEqual(["a deleted", "b:1"]);
  });

  test("the deletion of a session ends its tail and those of its segments, and is one event in the store's", async () => {
    const { client } = await startTestDaemon();
    const { segmentId, sessionId } = await aSegment(client, { entries: 2 });
    const sibling = await aSegment(client, { sessionId });
    const other = await aSegment(client);
    const ending = [
      startTail(client, { scope: { case: "sessionId", value: sessionId } }),
      startTail(client, { scope: { case: "segmentId", value: segmentId } }),
      startTail(client, { scope: { case: "segmentId", value: sibling.segmentId } }),
    ];
    const going = startTail(client, { scope: STORE });
    for (const tail of [...ending, going]) await tail.upTo("caughtUp");

    await client.deleteSession({ sessionId });
    await client.append({ segmentId: other.segmentId, entries: [turnEnd(1n)] });

    const names = { [sessionId]: "session", [other.segmentId]: "other" };
    for (const tail of ending) expect(inShort(await tail.rest(), names)).toEqual(["session deleted"]);
    expect(inShort(await going.upTo("entries"), names)).toEqual(["session deleted", "other:1"]);
    expect((await client.getStatus({})).tailCount).toBe(1);
  });

  test("a session without segments is caught up with, and tells of those that come", async () => {
    const { client } = await startTestDaemon();
    const { segmentId, sessionId } = await aSegment(client);
    await client.deleteSegment({ segmentId });
    const tail = startTail(client, { scope: { case: "sessionId", value: sessionId }, start: BEGINNING });

    const caughtUp = await tail.upTo("caughtUp");
    const next = await aSegment(client, { sessionId });

    expect(inShort(caughtUp)).toEqual(["caughtUp"]);
    expect(inShort(await tail.upTo("entries"), { [next.segmentId]: "next" })).toEqual(["next:0"]);
  });
});

describe("kinds", () => {
  test("only entries of these kinds are sent, and every event", async () => {
    const { client } = await startTestDaemon();
    const { segmentId } = await aSegment(client, { log: [userInput("a"), turnEnd(1n), userInput("b"), turnEnd(2n)] });
    const tail = startTail(client, { scope: STORE, start: BEGINNING, kinds: [EntryKind.TURN_END] });
    const before = await tail.upTo("caughtUp");

    await client.append({ segmentId, entries: [userInput("not this")] });
    await client.truncateSegment({ segmentId, entryCount: 4n });
    await client.append({ segmentId, entries: [userInput("nor this"), turnEnd(3n)] });

    const names = { [segmentId]: "a" };
    expect(inShort(before, names)).toEqual(["a:2", "a:4", "caughtUp"]);
    expect(inShort(await tail.upTo("entries"), names)).toEqual(["a truncated to 4", "a:5"]);
  });

  test("caught_up and heartbeats carry the position past what is left out", async () => {
    const { client } = await startTestDaemon();
    const { segmentId } = await aSegment(client, { entries: 5 });
    const tail = startTail(client, {
      scope: STORE,
      start: BEGINNING,
      kinds: [EntryKind.RUN_ERRORED],
      heartbeatInterval: { seconds: 1n },
    });

    const [caughtUp] = await tail.upTo("caughtUp");
    await client.append({ segmentId, entries: [turnEnd(1n)] });
    const heartbeats = await tail.upTo("heartbeat");

    expect(caughtUp?.position).toBe(5n);
    expect(heartbeats.map(({ position }) => position)).toEqual([6n]);
    const start = { case: "resumeToken", value: heartbeats[0]!.resumeToken } as const;
    expect(inShort(await tailed(client, { scope: STORE, start }))).toEqual(["caughtUp"]);
  });

  test("a kind that is left unspecified is refused; a number that nobody knows lets nothing through", async () => {
    const { client } = await startTestDaemon();
    await aSegment(client, { entries: 3 });

    const refusal = await refusalOf(tailed(client, { scope: STORE, kinds: [EntryKind.TURN_END, EntryKind.UNSPECIFIED] }));
    const unknown = await tailed(client, { scope: STORE, start: BEGINNING, kinds: [77 as EntryKind] }); // what a newer client may send

    expect(refusal).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: ["kinds[1]"] });
    expect(inShort(unknown)).toEqual(["caughtUp"]);
  });
});

describe("heartbeats", () => {
  test("come when nothing else does, with the daemon's clock", async () => {
    const { client } = await startTestDaemon();
    const tail = startTail(client, { scope: STORE, heartbeatInterval: { seconds: 1n } });
    await tail.upTo("caughtUp");
    const beginMs = Date.now();

    const [first] = await tail.upTo("heartbeat");

    const time = first?.event.case === "heartbeat" ? Number(first.event.value.time?.seconds) : 0;
    expect(Math.abs(time - beginMs / 1000)).toBeLessThan(3);
    expect(Date.now() - beginMs).toBeGreaterThan(950);
  });

  test.each([
    ["0 s", {}],
    ["999 ms", { nanos: 999_000_000 }],
    ["-5 s", { seconds: -5n }],
  ])("an interval of %s is refused", async (_, heartbeatInterval) => {
    const { client } = await startTestDaemon();

    const refusal = await refusalOf(tailed(client, { scope: STORE, heartbeatInterval }));

    expect(refusal).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: ["heartbeat_interval"] });
  });

  test.each([{ seconds: 1n }, { seconds: 10n ** 9n }])("an interval of %o is taken", async (heartbeatInterval) => {
    const { client } = await startTestDaemon();

    expect(inShort(await tailed(client, { scope: STORE, heartbeatInterval }))).toEqual(["caughtUp"]);
  });
});

describe("places", () => {
  test("are limited; leaving gives one back", async () => {
    const { client } = await startTestDaemon({ limits: { tailsMax: 2 } });
    const init: TailInit = { scope: STORE };
    const [first, second] = [startTail(client, init), startTail(client, init)];
    for (const tail of [first, second]) await tail.upTo("caughtUp");

    const refusal = await refusalOf(tailed(client, init));
    await first.leave();
    await vi.waitFor(async () => expect((await client.getStatus({})).tailCount).toBe(1));
    const third = startTail(client, init);

    expect(refusal).toMatchObject({ code: "RESOURCE_EXHAUSTED", reason: "TOO_MANY_TAILS", metadata: { tails_max: "2" } });
    expect(inShort(await third.upTo("caughtUp"))).toEqual(["caughtUp"]);
    expect((await client.getStatus({})).tailCount).toBe(2);
  });

  test("are not taken by tails that are refused", async () => {
    const { client } = await startTestDaemon({ limits: { tailsMax: 1 } });
    for (let i = 0; i < 3; i++) await refusalOf(tailed(client, { scope: { case: "sessionId", value: "nonsense" } }));

    expect(inShort(await tailed(client, { scope: STORE }))).toEqual(["caughtUp"]);
  });
});

test("when the daemon drains, tails end with UNAVAILABLE, and lose nothing that was answered", async () => {
  const { client, daemon, folder } = await startTestDaemon();
  const { segmentId } = await aSegment(client);
  const tail = startTail(client, { scope: STORE });
  const [caughtUp] = await tail.upTo("caughtUp");
  await client.append({ segmentId, entries: [turnEnd(1n)] });
  await tail.upTo("entries");

  const rest = refusalOf(tail.rest());
  await daemon.close();

  expect(await rest).toMatchObject({ code: "UNAVAILABLE", reason: "DRAINING" });
  const again = await startTestDaemon({ folder });
  const messages = await tailed(again.client, { scope: STORE, start: { case: "resumeToken", value: caughtUp!.resumeToken } });
  expect(inShort(messages, { [segmentId]: "a" })).toEqual(["a:1", "caughtUp"]);
});
