import { expect, test } from "vitest";
import type { SegmentClient } from "../../src/client/segment-client.js";
import type { NamespaceQuota } from "../../src/model/namespace-quota.js";
import { aSegment } from "../support/a-segment.js";
import { userInput } from "../support/entries.js";
import { refusalOf } from "../support/refusal.js";
import { serveCallers } from "../support/serve-callers.js";

const CALLERS = {
  a: { namespace: "team-a", seesAll: false },
  b: { namespace: "team-b", seesAll: false },
  operator: { namespace: "default", seesAll: true },
};

const quotas = (quota: NamespaceQuota) => ({ defaults: {}, byName: new Map([["team-a", quota]]) });

const WHOLE = { case: "store", value: {} } as const;

/** The next messages of a tail, until one of a kind. */
async function tailedUntil(client: SegmentClient, request: Parameters<SegmentClient["tail"]>[0], last: string) {
  const messages = [];
  for await (const message of client.tail(request)) {
    messages.push(message);
    if (message.event.case === last) break;
  }
  return messages;
}

test("a tail of the store gives a caller what its namespace has, as it comes, and an operator all", async () => {
  const { a, b, operator } = await serveCallers(CALLERS);
  const own = await aSegment(a, { entries: 2 });
  const others = await aSegment(b, { entries: 2 });
  const sessionsOf = (messages: Awaited<ReturnType<typeof tailedUntil>>) =>
    messages.flatMap(({ event }) => (event.case === "entries" ? event.value.batches.map(({ sessionId }) => sessionId) : []));

  const before = await tailedUntil(a, { scope: WHOLE, start: { case: "edge", value: 1 } }, "caughtUp");
  const token = before.at(-1)?.resumeToken ?? "";
  await b.append({ segmentId: others.segmentId, entries: [userInput("of b")] });
  await a.append({ segmentId: own.segmentId, entries: [userInput("of a")] });
  const behind = await tailedUntil(a, { scope: WHOLE, start: { case: "resumeToken", value: token } }, "caughtUp");
  const all = await tailedUntil(operator, { scope: WHOLE, start: { case: "edge", value: 1 } }, "caughtUp");

  expect(new Set(sessionsOf(before))).toEqual(new Set([own.sessionId]));
  expect(sessionsOf(behind)).toEqual([own.sessionId]);
  expect(new Set(sessionsOf(all))).toEqual(new Set([own.sessionId, others.sessionId]));
  expect(behind.at(-1)?.position).toBe((await operator.getStatus({})).headPosition);
});

test("heartbeats carry the position past what others write, and nothing else of it", async () => {
  const { a, b } = await serveCallers(CALLERS);
  const messages = a.tail({ scope: WHOLE, heartbeatInterval: { seconds: 1n } })[Symbol.asyncIterator]();
  await messages.next();
  const { headPosition } = await aSegment(b, { entries: 5 });

  const { value: next } = await messages.next();
  await messages.return?.(undefined);

  expect(next).toMatchObject({ event: { case: "heartbeat" }, position: headPosition });
});

test("a token of one namespace's tail is good for nobody else", async () => {
  const { a, b, operator } = await serveCallers(CALLERS);
  const { sessionId } = await aSegment(a, { entries: 2 });
  const ofSession = { case: "sessionId", value: sessionId } as const;
  const [ofStore] = await tailedUntil(a, { scope: WHOLE }, "caughtUp");
  const [ofOneSession] = await tailedUntil(a, { scope: ofSession }, "caughtUp");
  const resume = (client: SegmentClient, scope: typeof WHOLE | typeof ofSession, token = "") =>
    refusalOf(tailedUntil(client, { scope, start: { case: "resumeToken", value: token } }, "caughtUp"));

  expect(await resume(b, WHOLE, ofStore?.resumeToken)).toMatchObject({ reason: "BAD_RESUME_TOKEN" });
  expect(await resume(operator, WHOLE, ofStore?.resumeToken)).toMatchObject({ reason: "BAD_RESUME_TOKEN" });
  expect(await resume(b, ofSession, ofOneSession?.resumeToken)).toMatchObject({ reason: "SESSION_NOT_FOUND" });
});

test("the status tells a caller nothing of what others have", async () => {
  const { a, b, operator } = await serveCallers(CALLERS, quotas({ bytesMax: 10_000, tailsMax: 3 }));
  await aSegment(b, { entries: 5 });
  const tail = b.tail({ scope: WHOLE })[Symbol.asyncIterator]();
  await tail.next();

  const [ofA, ofB, ofAll] = [await a.getStatus({}), await b.getStatus({}), await operator.getStatus({})];
  await tail.return?.(undefined);

  expect(ofA).toMatchObject({ tailCount: 0, storeByteSize: 0n, namespace: { namespaceId: "team-a", sessionCount: 0n, byteSize: 0n } });
  expect(ofA.namespace?.quotas).toEqual({ bytes_max: 10_000n, tails_max: 3n });
  expect(ofB).toMatchObject({ tailCount: 1, storeByteSize: 0n, namespace: { sessionCount: 1n, tailCount: 1, quotas: {} } });
  expect(ofAll).toMatchObject({ tailCount: 1, namespace: { namespaceId: "default", sessionCount: 0n, tailCount: 0 } });
  expect(ofAll.storeByteSize).toBeGreaterThan(0n);
});

test("a namespace that is at its quota is refused with what it may have and has, and others go on", async () => {
  const { a, b } = await serveCallers(CALLERS, quotas({ sessionsMax: 1, entriesPerSecondMax: 5 }));
  const { segmentId } = await aSegment(a);
  const other = await aSegment(b);
  await a.append({ segmentId, entries: Array.from({ length: 50 }, () => userInput("x")) });

  const session = await refusalOf(a.createSegment({}));
  const rate = await refusalOf(a.append({ segmentId, entries: [userInput("x")] }));

  expect(session).toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    reason: "QUOTA_EXCEEDED",
    metadata: { namespace_id: "team-a", quota: "sessions_max", limit: "1", used: "1" },
  });
  expect(rate).toMatchObject({ reason: "QUOTA_EXCEEDED", metadata: { quota: "entries_per_second_max", limit: "5" } });
  await expect(a.append({ segmentId, entries: [userInput("x")] })).rejects.toMatchObject({ retryAfterMs: expect.any(Number) });
  await b.createSegment({});
  await b.append({ segmentId: other.segmentId, entries: Array.from({ length: 50 }, () => userInput("x")) });
});

test("tails above a namespace's quota are refused until one is closed", async () => {
  const { a, b } = await serveCallers(CALLERS, quotas({ tailsMax: 1 }));
  const first = a.tail({ scope: WHOLE })[Symbol.asyncIterator]();
  await first.next();

  const refused = await refusalOf(tailedUntil(a, { scope: WHOLE }, "caughtUp"));
  await tailedUntil(b, { scope: WHOLE }, "caughtUp");
  await first.return?.(undefined);

  expect(refused).toMatchObject({ reason: "QUOTA_EXCEEDED", metadata: { quota: "tails_max", limit: "1", used: "1" } });
  await expect.poll(async () => (await a.getStatus({})).tailCount).toBe(0);
  await tailedUntil(a, { scope: WHOLE }, "caughtUp");
});

test("an import of what another namespace has ends with the id being taken", async () => {
  const { a, b } = await serveCallers(CALLERS);
  const { segmentId, sessionId } = await aSegment(a);
  const start = { kind: { case: "segmentStart", value: { sessionId } } } as const;
  const into = (session: string, segment: string) => b.importSegment([{ sessionId: session, segmentId: segment, entries: [start] }]);

  const refused = await refusalOf(into("01JD00000000000000000000ZZ", segmentId));

  expect(refused).toMatchObject({ reason: "SEGMENT_EXISTS", metadata: { segment_id: segmentId } });
  expect(refused.message).not.toContain(sessionId);
  expect(await refusalOf(into(sessionId, "01JD00000000000000000000ZZ"))).toMatchObject({ reason: "SESSION_EXISTS" });
});

test("sessions are listed by namespace for who sees it", async () => {
  const { a, b, operator } = await serveCallers(CALLERS);
  const { sessionId } = await aSegment(a);
  await aSegment(b);
  const listed = async (client: SegmentClient, namespaceId: string) => (await client.listSessions({ namespaceId })).sessions;

  expect(await listed(operator, "team-a")).toMatchObject([{ sessionId, namespaceId: "team-a" }]);
  expect(await listed(a, "team-a")).toMatchObject([{ sessionId }]);
  expect(await listed(b, "team-a")).toEqual([]);
  expect((await operator.listSessions({})).sessions).toHaveLength(2);
  expect(await refusalOf(listed(operator, "Team A"))).toMatchObject({ reason: "INVALID_FIELD", fields: ["namespace_id"] });
});
