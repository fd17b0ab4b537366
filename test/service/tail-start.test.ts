import { describe, expect, test } from "vitest";
import { TailEdge } from "../../gen/seglog/v1/segment_service_pb.js";
import { aSegment, newId } from "../support/a-segment.js";
import { extension, turnEnd, userInput } from "../support/entries.js";
import { refusalOf } from "../support/refusal.js";
import { entriesOfTail, inShort, startTail, tailed } from "../support/tailing.js";
import { startTestDaemon } from "../support/test-daemon.js";

const BEGINNING = { case: "edge", value: TailEdge.BEGINNING } as const;
const STORE = { case: "store", value: {} } as const;

describe("the end", () => {
  test.each([
    ["where nothing is said", undefined],
    ["where the edge is left unspecified", { case: "edge", value: TailEdge.UNSPECIFIED }],
    ["where it is asked for", { case: "edge", value: TailEdge.END }],
  ] as const)("%s, a tail gives what is committed after the call", async (_, start) => {
    const { client } = await startTestDaemon();
    const { segmentId } = await aSegment(client, { entries: 3 });

    const tail = startTail(client, { scope: { case: "segmentId", value: segmentId }, ...(start && { start }) });
    const first = await tail.next();
    await client.append({ segmentId, entries: [userInput("now")] });
    const second = await tail.next();

    expect(inShort([first!, second!], { [segmentId]: "a" })).toEqual(["caughtUp", "a:3"]);
    expect([first?.position, second?.position]).toEqual([3n, 4n]);
  });
});

describe("the beginning", () => {
  test("a tail of the store gives all entries in order of position, then caught_up once", async () => {
    const { client } = await startTestDaemon();
    const a = await aSegment(client, { entries: 2 });
    const b = await aSegment(client, { entries: 3 });
    await client.append({ segmentId: a.segmentId, entries: [userInput("later")] });

    const messages = await tailed(client, { scope: STORE, start: BEGINNING });

    expect(inShort(messages, { [a.segmentId]: "a", [b.segmentId]: "b" })).toEqual(["a:0", "a:1", "b:0", "b:1", "b:2", "a:2", "caughtUp"]);
    expect(entriesOfTail(messages).map(({ position }) => position)).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
    expect(messages.every(({ resumeToken }) => resumeToken !== "")).toBe(true);
    expect(await tailed(client, { scope: STORE, start: { case: "afterPosition", value: 0n } })).toEqual(messages);
  });

  test("of an empty store there is nothing but caught_up", async () => {
    const { client } = await startTestDaemon();

    const messages = await tailed(client, { scope: STORE, start: BEGINNING });

    expect(inShort(messages)).toEqual(["caughtUp"]);
    expect(messages[0]?.position).toBe(0n);
  });

  test("a segment's tail gives its own entries, and none that it inherits", async () => {
    const { client } = await startTestDaemon();
    const { segmentId } = await aSegment(client, { entries: 4 });
    const { segment } = await client.forkSegment({ segmentId });
    await client.append({ segmentId: segment!.segmentId, entries: [userInput("own")] });

    const messages = await tailed(client, { scope: { case: "segmentId", value: segment!.segmentId }, start: BEGINNING });

    expect(inShort(messages, { [segment!.segmentId]: "fork" })).toEqual(["fork:0", "fork:1", "caughtUp"]);
  });

  test("a tail is not told of what was cut off or deleted before it began", async () => {
    const { client } = await startTestDaemon();
    const { segmentId, sessionId } = await aSegment(client, { entries: 5 });
    const gone = await aSegment(client, { entries: 3, sessionId });
    await aSegment(client, { entries: 2 });
    await client.truncateSegment({ segmentId, entryCount: 2n });
    await client.deleteSegment({ segmentId: gone.segmentId });
    await client.append({ segmentId, entries: [userInput("after the cut")] });

    for (const scope of [STORE, { case: "sessionId", value: sessionId }, { case: "segmentId", value: segmentId }] as const) {
      const messages = await tailed(client, { scope, start: BEGINNING });
      const ofSegment = inShort(messages, { [segmentId]: "a" }).filter((line) => !/^01.*:\d$/.test(line));
      expect(ofSegment, scope.case).toEqual(["a:0", "a:1", "a:2", "caughtUp"]);
    }
  });
});

describe("an index", () => {
  test.each([
    [0n, ["a:0", "a:1", "a:2", "a:3", "caughtUp"]],
    [2n, ["a:2", "a:3", "caughtUp"]],
    [4n, ["caughtUp"]],
  ])("a tail from index %d begins with that, up to the head", async (index, expected) => {
    const { client } = await startTestDaemon();
    await aSegment(client, { entries: 2 });
    const { segmentId } = await aSegment(client, { entries: 4 });

    const messages = await tailed(client, { scope: { case: "segmentId", value: segmentId }, start: { case: "fromIndex", value: index } });

    expect(inShort(messages, { [segmentId]: "a" })).toEqual(expected);
  });

  test.each([5n, 2n ** 53n, 2n ** 64n - 1n])("index %d is past the head", async (index) => {
    const { client } = await startTestDaemon();
    const { segmentId } = await aSegment(client, { entries: 4 });

    const refusal = await refusalOf(
      tailed(client, { scope: { case: "segmentId", value: segmentId }, start: { case: "fromIndex", value: index } }),
    );

    expect(refusal).toMatchObject({ code: "OUT_OF_RANGE", reason: "PAST_HEAD", metadata: { segment_id: segmentId, entry_count: "4" } });
  });

  test("an index goes only with a segment", async () => {
    const { client } = await startTestDaemon();
    const { sessionId } = await aSegment(client);

    for (const scope of [STORE, { case: "sessionId", value: sessionId }] as const) {
      const refusal = await refusalOf(tailed(client, { scope, start: { case: "fromIndex", value: 0n } }));
      expect(refusal).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: ["from_index"] });
    }
  });
});

describe("a position", () => {
  test("a tail goes on behind a position that lies inside an Append, with the events behind it", async () => {
    const { client } = await startTestDaemon();
    const { segmentId } = await aSegment(client, { log: [1n, 2n, 3n, 4n].map(turnEnd) });
    await client.truncateSegment({ segmentId, entryCount: 4n });

    const messages = await tailed(client, { scope: STORE, start: { case: "afterPosition", value: 3n } });

    expect(inShort(messages, { [segmentId]: "a" })).toEqual(["a:3", "a truncated to 4", "caughtUp"]);
  });

  test("the store's head is no further than a tail can begin", async () => {
    const { client } = await startTestDaemon();
    const { segmentId } = await aSegment(client, { entries: 4 });
    const scope = { case: "segmentId", value: segmentId } as const;

    const atHead = await tailed(client, { scope, start: { case: "afterPosition", value: 4n } });
    const past = await refusalOf(tailed(client, { scope, start: { case: "afterPosition", value: 5n } }));

    expect(inShort(atHead)).toEqual(["caughtUp"]);
    expect(past).toMatchObject({ code: "OUT_OF_RANGE", reason: "PAST_HEAD", metadata: { head_position: "4" } });
  });

  test("a scope that is gone is not found from a position", async () => {
    const { client } = await startTestDaemon();
    const { segmentId, sessionId } = await aSegment(client, { entries: 2 });
    await client.deleteSession({ sessionId });

    const start = { case: "afterPosition", value: 1n } as const;

    expect(await refusalOf(tailed(client, { scope: { case: "sessionId", value: sessionId }, start }))).toMatchObject({
      reason: "SESSION_NOT_FOUND",
    });
    expect(await refusalOf(tailed(client, { scope: { case: "segmentId", value: segmentId }, start }))).toMatchObject({
      reason: "SEGMENT_NOT_FOUND",
    });
  });
});

describe("what is refused", () => {
  test("a tail without scope", async () => {
    const { client } = await startTestDaemon();

    const refusal = await refusalOf(tailed(client, {}));

    expect(refusal).toMatchObject({ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", fields: ["scope"] });
  });

  test.each(["segmentId", "sessionId"] as const)("a %s that is none, and one that nobody has", async (name) => {
    const { client } = await startTestDaemon();
    await aSegment(client);

    const malformed = await refusalOf(tailed(client, { scope: { case: name, value: "nonsense" } }));
    const unknown = await refusalOf(tailed(client, { scope: { case: name, value: newId() }, start: BEGINNING }));

    expect(malformed).toMatchObject({ reason: "INVALID_FIELD", fields: [name === "segmentId" ? "segment_id" : "session_id"] });
    expect(unknown).toMatchObject({ code: "NOT_FOUND", reason: name === "segmentId" ? "SEGMENT_NOT_FOUND" : "SESSION_NOT_FOUND" });
  });

  test("a deleted scope cannot be started from", async () => {
    const { client } = await startTestDaemon();
    const { segmentId } = await aSegment(client, { log: [extension("a", "{}")] });
    await client.deleteSegment({ segmentId });

    const refusal = await refusalOf(tailed(client, { scope: { case: "segmentId", value: segmentId }, start: BEGINNING }));

    expect(refusal).toMatchObject({ code: "NOT_FOUND", reason: "SEGMENT_NOT_FOUND" });
  });
});
