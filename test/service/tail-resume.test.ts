import { describe, expect, test } from "vitest";
import { EntryKind, TailEdge } from "../../gen/seglog/v1/segment_service_pb.js";
import type { SegmentClient } from "../../src/client/segment-client.js";
import { parseSegmentId, parseSessionId } from "../../src/model/id.js";
import { encodeResumeToken } from "../../src/tail/resume-token.js";
import { aSegment, newId } from "../support/a-segment.js";
import { turnEnd, userInput } from "../support/entries.js";
import { refusalOf } from "../support/refusal.js";
import { inShort, startTail, type TailInit, tailed } from "../support/tailing.js";
import { startTestDaemon } from "../support/test-daemon.js";

type Scope = NonNullable<TailInit["scope"]>;

const BEGINNING = { case: "edge", value: TailEdge.BEGINNING } as const;
const STORE: Scope = { case: "store", value: {} };

describe("a token", () => {
  test("of any message resumes behind that message", async () => {
    const { client } = await startTestDaemon();
    const { segmentId, sessionId } = await aSegment(client, { entries: 2 });
    const scopes: Scope[] = [STORE, { case: "sessionId", value: sessionId }, { case: "segmentId", value: segmentId }];
    const tails = scopes.map((scope) => startTail(client, { scope }));
    for (const tail of tails) await tail.upTo("caughtUp");
    await client.append({ segmentId, entries: [turnEnd(1n), turnEnd(2n)] });
    await client.truncateSegment({ segmentId, entryCount: 3n });
    await client.append({ segmentId, entries: [turnEnd(3n)] });
    await client.deleteSegment({ segmentId });

    for (const [i, tail] of tails.entries()) {
      const seen = await tail.upTo("segmentDeleted");
      for (const [at, { resumeToken }] of seen.entries()) {
        const resumed = startTail(client, { scope: scopes[i]!, start: { case: "resumeToken", value: resumeToken } });
        const again = at === seen.length - 1 && i < 2 ? await resumed.upTo("caughtUp") : await resumed.upTo("segmentDeleted");
        await resumed.leave();
        expect(again.at(-1)?.position, `${scopes[i]!.case} from message ${at}`).toBe(seen.at(-1)?.position);
      }
    }
  });

  test("inside an Append gives the rest of that", async () => {
    const { client } = await startTestDaemon();
    const { segmentId, sessionId } = await aSegment(client, { entries: 1 });
    const { storeId } = await client.getStatus({});
    await client.append({ segmentId, entries: [1n, 2n, 3n, 4n].map(turnEnd) });
    const scope = { type: "segment", sessionId: parseSessionId(sessionId), segmentId: parseSegmentId(segmentId) } as const;

    for (const [position, expected] of [
      [2, ["a:2", "a:3", "a:4"]],
      [4, ["a:4"]],
      [5, []],
    ] as const) {
      const value = encodeResumeToken({ storeId, scope, position });
      const messages = await tailed(client, { scope: { case: "segmentId", value: segmentId }, start: { case: "resumeToken", value } });
      expect(inShort(messages, { [segmentId]: "a" })).toEqual([...expected, "caughtUp"]);
    }
  });

  test("of a tail that passed over some kinds can be resumed with others", async () => {
    const { client } = await startTestDaemon();
    const { segmentId } = await aSegment(client, { log: [turnEnd(1n), userInput("one")] });
    const scope = { case: "segmentId", value: segmentId } as const;
    const [first] = await tailed(client, { scope, start: BEGINNING, kinds: [EntryKind.SEGMENT_START] });
    await client.append({ segmentId, entries: [turnEnd(2n), userInput("two")] });

    const messages = await tailed(client, { scope, start: resumeAt(first!), kinds: [EntryKind.USER_INPUT] });

    expect(inShort(messages, { [segmentId]: "a" })).toEqual(["a:4", "caughtUp"]);
  });

  test("of a tail from the beginning is told of what happened behind it, even before that tail began", async () => {
    const { client } = await startTestDaemon();
    const a = await aSegment(client, { entries: 3 });
    const b = await aSegment(client, { entries: 2 });
    await client.truncateSegment({ segmentId: a.segmentId, entryCount: 2n });
    await client.deleteSession({ sessionId: b.sessionId });
    const { storeId } = await client.getStatus({});
    const tokenInside = encodeResumeToken({ storeId, scope: { type: "store" }, position: 2 });

    const messages = await tailed(client, { scope: STORE, start: { case: "resumeToken", value: tokenInside } });

    expect(inShort(messages, { [a.segmentId]: "a", [b.sessionId]: "session b" })).toEqual([
      "a truncated to 2",
      "session b deleted",
      "caughtUp",
    ]);
  });
});

describe("a scope that is gone", () => {
  test.each(["segment", "session"] as const)("by the deletion of its %s gives that event again, then the end", async (what) => {
    const { client } = await startTestDaemon();
    const { segmentId, sessionId } = await aSegment(client, { entries: 3 });
    const scope = { case: "segmentId", value: segmentId } as const;
    const [first] = await tailed(client, { scope });
    await (what === "segment" ? client.deleteSegment({ segmentId }) : client.deleteSession({ sessionId }));

    const once = await startTail(client, { scope, start: resumeAt(first!) }).rest();
    const twice = await startTail(client, { scope, start: resumeAt(once[0]!) }).rest();

    expect(inShort(once, { [segmentId]: "segment", [sessionId]: "session" })).toEqual([`${what} deleted`]);
    expect(once[0]?.position).toBe(4n);
    expect(twice).toEqual(once);
  });

  test("as a session gives the event of its deletion, whatever became of a segment of the same id", async () => {
    const { client } = await startTestDaemon();
    const id = newId();
    await client.createSegment({ sessionId: id });
    const [first] = await tailed(client, { scope: { case: "sessionId", value: id } });
    await client.deleteSession({ sessionId: id });
    await client.createSegment({ segmentId: id });
    await client.deleteSegment({ segmentId: id });

    const messages = await startTail(client, { scope: { case: "sessionId", value: id }, start: resumeAt(first!) }).rest();

    expect(inShort(messages)).toEqual([`${id} deleted`]);
    expect(messages[0]?.event.case).toBe("sessionDeleted");
  });

  test("a session is not taken for gone where a segment of the same id was deleted", async () => {
    const { client } = await startTestDaemon();
    const id = newId();
    await client.createSegment({ sessionId: id });
    const [first] = await tailed(client, { scope: { case: "sessionId", value: id } });
    await client.createSegment({ segmentId: id });
    await client.deleteSegment({ segmentId: id });

    const messages = await tailed(client, { scope: { case: "sessionId", value: id }, start: resumeAt(first!) });

    expect(inShort(messages)).toEqual(["caughtUp"]);
  });
});

describe("an id that was deleted and taken again", () => {
  test("ends a segment's tail with its deletion; from there on comes what is new", async () => {
    const { client } = await startTestDaemon();
    const { segmentId, sessionId } = await aSegment(client, { entries: 3 });
    const scope = { case: "segmentId", value: segmentId } as const;
    const [first] = await tailed(client, { scope });
    await client.deleteSegment({ segmentId });
    await client.createSegment({ segmentId, sessionId });

    const ended = await startTail(client, { scope, start: resumeAt(first!) }).rest();
    const further = await tailed(client, { scope, start: resumeAt(ended[0]!) });

    expect(inShort(ended, { [segmentId]: "a" })).toEqual(["a deleted"]);
    expect(inShort(further, { [segmentId]: "a" })).toEqual(["a:0", "caughtUp"]);
  });

  test("in another session is not what a token of the first one follows", async () => {
    const { client } = await startTestDaemon();
    const { segmentId } = await aSegment(client, { entries: 3 });
    const scope = { case: "segmentId", value: segmentId } as const;
    const [first] = await tailed(client, { scope });
    await client.deleteSegment({ segmentId });
    await client.createSegment({ segmentId });

    const ended = await startTail(client, { scope, start: resumeAt(first!) }).rest();
    const again = await startTail(client, { scope, start: resumeAt(ended[0]!) }).rest();
    const afresh = await tailed(client, { scope, start: BEGINNING });

    expect(inShort([...ended, ...again], { [segmentId]: "a" })).toEqual(["a deleted", "a deleted"]);
    expect(inShort(afresh, { [segmentId]: "a" })).toEqual(["a:0", "caughtUp"]);
  });

  test("in another session, after its first one was deleted, is told as deleted to who goes on from a position", async () => {
    const { client } = await startTestDaemon();
    const { segmentId, sessionId } = await aSegment(client, { entries: 3 });
    const scope = { case: "segmentId", value: segmentId } as const;
    await client.deleteSession({ sessionId });
    await client.createSegment({ segmentId });

    const ended = await startTail(client, { scope, start: { case: "afterPosition", value: 2n } }).rest();
    const further = await tailed(client, { scope, start: { case: "afterPosition", value: ended[0]!.position } });

    expect(inShort(ended, { [segmentId]: "a" })).toEqual(["a deleted"]);
    expect(inShort(further, { [segmentId]: "a" })).toEqual(["a:0", "caughtUp"]);
  });

  test("in another session leaves a token of the first one with the deletion that it had there", async () => {
    const { client } = await startTestDaemon();
    const { segmentId, sessionId } = await aSegment(client, { entries: 3 });
    const scope = { case: "segmentId", value: segmentId } as const;
    const [first] = await tailed(client, { scope });
    await client.deleteSegment({ segmentId });
    await client.createSegment({ segmentId });
    await client.deleteSession({ sessionId });

    const ended = await startTail(client, { scope, start: resumeAt(first!) }).rest();

    expect(inShort(ended, { [segmentId]: "a" })).toEqual(["a deleted"]);
    expect(ended[0]?.position).toBe(4n);
  });

  test("is told to a tail of its session as a deletion and a new opening", async () => {
    const { client } = await startTestDaemon();
    const { segmentId, sessionId } = await aSegment(client, { entries: 2 });
    const other = await aSegment(client);
    const names = { [segmentId]: "a" };
    const here = startTail(client, { scope: { case: "sessionId", value: sessionId } });
    const there = startTail(client, { scope: { case: "sessionId", value: other.sessionId } });
    await here.upTo("caughtUp");
    await there.upTo("caughtUp");

    await client.deleteSegment({ segmentId });
    await client.createSegment({ segmentId, sessionId });
    await client.deleteSegment({ segmentId });
    await client.createSegment({ segmentId, sessionId: other.sessionId });

    const told = [...(await here.upTo("segmentDeleted")), ...(await here.upTo("segmentDeleted"))];
    expect(inShort(told, names)).toEqual(["a deleted", "a:0", "a deleted"]);
    expect(inShort(await there.upTo("entries"), names)).toEqual(["a:0"]);
  });

  test("a session that is taken again ends the tail of the first one, in which nothing of it shows", async () => {
    const { client } = await startTestDaemon();
    const { sessionId } = await aSegment(client, { entries: 2 });
    const scope = { case: "sessionId", value: sessionId } as const;
    const open = startTail(client, { scope });
    const [first] = await open.upTo("caughtUp");
    await client.deleteSession({ sessionId });
    const again = await client.createSegment({ sessionId });

    const live = await open.rest();
    const ended = await startTail(client, { scope, start: resumeAt(first!) }).rest();
    const further = await tailed(client, { scope, start: resumeAt(ended[0]!) });

    expect(live).toEqual(ended);
    expect(inShort(ended, { [sessionId]: "s" })).toEqual(["s deleted"]);
    expect(inShort(further, { [again.segment!.segmentId]: "new" })).toEqual(["new:0", "caughtUp"]);
  });
});

describe("a token that is no good", () => {
  test("is refused: garbage, a shorter one, one of another scope, one ahead of the store", async () => {
    const { client } = await startTestDaemon();
    const { segmentId, sessionId } = await aSegment(client, { entries: 2 });
    const other = await aSegment(client, { sessionId });
    const segment: Scope = { case: "segmentId", value: segmentId };
    const { resumeToken } = (await tailed(client, { scope: segment }))[0]!;
    const { storeId } = await client.getStatus({});
    const ahead = encodeResumeToken({ storeId, scope: { type: "store" }, position: 4 });

    const bad: [Scope, string][] = [
      [segment, ""],
      [segment, "nonsense"],
      [segment, resumeToken.slice(0, -1)],
      [segment, `${resumeToken}A`],
      [segment, ` ${resumeToken}`],
      [{ case: "sessionId", value: sessionId }, resumeToken],
      [{ case: "segmentId", value: other.segmentId }, resumeToken],
      [STORE, resumeToken],
      [STORE, ahead],
    ];
    for (const [scope, token] of bad) await expectBadToken(client, scope, token);
  });

  test("is one of another store", async () => {
    const first = await startTestDaemon();
    const second = await startTestDaemon();
    const [{ resumeToken } = { resumeToken: "" }] = await tailed(first.client, { scope: STORE });

    await expectBadToken(second.client, STORE, resumeToken);
  });

  test("is good again on the same store with another daemon", async () => {
    const first = await startTestDaemon();
    const { segmentId } = await aSegment(first.client, { entries: 2 });
    const [{ resumeToken } = { resumeToken: "" }] = await tailed(first.client, { scope: STORE });
    await first.client.append({ segmentId, entries: [turnEnd(1n)] });
    await first.daemon.close();

    const { client } = await startTestDaemon({ folder: first.folder });
    const messages = await tailed(client, { scope: STORE, start: { case: "resumeToken", value: resumeToken } });

    expect(inShort(messages, { [segmentId]: "a" })).toEqual(["a:2", "caughtUp"]);
  });
});

async function expectBadToken(client: SegmentClient, scope: Scope, token: string): Promise<void> {
  const refusal = await refusalOf(tailed(client, { scope, start: { case: "resumeToken", value: token } }));
  expect(refusal, token).toMatchObject({ code: "INVALID_ARGUMENT", reason: "BAD_RESUME_TOKEN", fields: ["resume_token"] });
}

function resumeAt({ resumeToken }: { readonly resumeToken: string }) {
  return { case: "resumeToken", value: resumeToken } as const;
}
