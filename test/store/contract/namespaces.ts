import { describe, expect, test } from "vitest";
import type { SegmentId, SessionId } from "../../../src/model/id.js";
import type { Sight } from "../../../src/model/namespace.js";
import type { CommitNotice, FeedScope } from "../../../src/store/feed.js";
import type { SegmentStore } from "../../../src/store/segment-store.js";
import { forkOpening, idOf, openingOf, said, saidTimes, segment, session } from "./sample-entries.js";
import { overRestart, type StoreFactory } from "./store-under-test.js";
import { inShort, readAll, readFeedWhole } from "./whole-reads.js";
import { append, appendOf, aSegment, done, fork, importStart, remember } from "./writes.js";

const OF_A: Sight = { namespace: "team-a", seesAll: false };
const OF_B: Sight = { namespace: "team-b", seesAll: false };
const OF_DEFAULT: Sight = { namespace: "default", seesAll: false };

const WHOLE: FeedScope = { type: "store" };

/** Segment 100 with three entries and segment 101, a fork of it, in session 1, of team a. */
async function ofTeamA(store: SegmentStore): Promise<void> {
  const a = store.seenBy(OF_A);
  await aSegment(a, { entries: [said("a's own"), said("words")] });
  await fork(a, segment(100), segment(101));
  await a.appendTrace(segment(100), [{ bytes: Buffer.from([0x0a, 0, 0x10, 1]), hasTime: true }]);
}

/** seenBy: what a caller of one namespace has of a store. */
export function separatingNamespaces(open: StoreFactory): void {
  describe("what another namespace has", () => {
    const asks: readonly (readonly [string, string, (store: SegmentStore) => Promise<unknown>])[] = [
      ["getSegment", "SEGMENT_NOT_FOUND", (store) => store.getSegment(segment(100))],
      ["getSession", "SESSION_NOT_FOUND", (store) => store.getSession(session(1))],
      ["resolvePoint", "SEGMENT_NOT_FOUND", (store) => store.resolvePoint(segment(100), { onMissingTurn: "head" })],
      ["readEntries", "SEGMENT_NOT_FOUND", (store) => readAll(store, segment(100))],
      ["readTrace", "SEGMENT_NOT_FOUND", (store) => store.readTrace({ segmentId: segment(100), fromIndex: 0, limit: 9, bytesMax: 999 })],
      ["append", "SEGMENT_NOT_FOUND", (store) => append(store, segment(100), [said("x")])],
      ["append with a precondition", "SEGMENT_NOT_FOUND", (store) => append(store, segment(100), [said("x")], { entryCount: 1 })],
      ["forkSegment", "SEGMENT_NOT_FOUND", (store) => fork(store, segment(100), segment(200))],
      ["truncateSegment", "SEGMENT_NOT_FOUND", (store) => truncate(store, 1)],
      ["deleteSegment", "SEGMENT_NOT_FOUND", (store) => store.deleteSegment({ segmentId: segment(100) })],
      ["deleteSession", "SESSION_NOT_FOUND", (store) => store.deleteSession({ sessionId: session(1) })],
      ["appendTrace", "SEGMENT_NOT_FOUND", (store) => store.appendTrace(segment(100), [])],
      ["compactSegment", "SEGMENT_NOT_FOUND", (store) => compact(store)],
      ["ensureHeadOrFork", "SEGMENT_NOT_FOUND", (store) => ensureHead(store)],
      ["importUnit behind it", "SEGMENT_NOT_FOUND", (store) => importBehind(store)],
      ["importUnit on its base", "SESSION_EXISTS", (store) => importStart(store, segment(200), { segmentId: segment(100), entryCount: 1 })],
      [
        "createSegment in its session",
        "SESSION_NOT_FOUND",
        (store) =>
          store.createSegment({ sessionId: session(1), segmentId: segment(200), session: "existing", opening: openingOf(session(1)) }),
      ],
    ];

    test.each(asks)("is not there for %s", async (_name, reason, ask) => {
      const stores = await open();
      await ofTeamA(stores.store);
      const { headPosition } = stores.store;

      for await (const store of overRestart(stores)) {
        for (const sight of [OF_B, OF_DEFAULT]) await expect(ask(store.seenBy(sight))).rejects.toMatchObject({ reason });
        expect(store.headPosition).toBe(headPosition);
      }
    });

    test("is refused in the words in which what never was is refused", async () => {
      const { store } = await open();
      const b = store.seenBy(OF_B);
      const before = await Promise.all(asks.map(([, , ask]) => ask(b).then(() => "done", String)));
      const never = before.filter((text) => text.includes("NOT_FOUND") || text.includes("there is no"));
      await done(b.deleteSession({ sessionId: session(1) })).catch(() => {});
      await ofTeamA(store);

      const after = await Promise.all(asks.map(([, , ask]) => ask(b).then(() => "done", String)));

      for (const text of never) expect(after).toContain(text);
    });

    test("stands in no list, whatever the range, and in no feed", async () => {
      const stores = await open();
      await ofTeamA(stores.store);
      await aSegment(stores.store.seenBy(OF_B), { session: session(2), segment: segment(102) });

      for await (const store of overRestart(stores)) {
        const b = store.seenBy(OF_B);
        expect((await b.listSessions({ limit: 10 })).map(({ sessionId }) => sessionId)).toEqual([session(2)]);
        expect((await b.listSegments({ limit: 10 })).map(({ segmentId }) => segmentId)).toEqual([segment(102)]);
        expect(await b.listSegments({ limit: 10, sessionId: session(1) })).toEqual([]);
        expect(await b.listSessions({ limit: 10, namespace: "team-a" })).toEqual([]);
        expect(await b.listSegments({ limit: 10, from: segment(100), to: segment(101) })).toEqual([]);
        expect(inShort(await readFeedWhole(b, WHOLE))).toEqual(["5 entry 0"]);
        expect(await readFeedWhole(b, { type: "namespace", namespace: "team-a" })).toEqual([]);
        expect(await readFeedWhole(b, { type: "session", sessionId: session(1) })).toEqual([]);
        expect(await readFeedWhole(b, { type: "segment", sessionId: session(1), segmentId: segment(100) })).toEqual([]);
        expect(await b.positionOf(segment(100), 0)).toBeUndefined();
        expect(await b.fateOf({ type: "session", sessionId: session(1) })).toEqual({ exists: false, deletion: undefined });
      }
    });

    test("can go without a word: truncations and deletions are events of their namespace alone", async () => {
      const { store } = await open({ purgeStepKeys: 1 });
      await ofTeamA(store);
      const a = store.seenBy(OF_A);
      const b = store.seenBy(OF_B);
      await done(a.deleteSegment({ segmentId: segment(101) }));
      await done(a.truncateSegment({ segmentId: segment(100), entryCount: 2, precondition: {} }));
      await done(a.deleteSession({ sessionId: session(1) }));

      expect(await readFeedWhole(b, WHOLE)).toEqual([]);
      expect(inShort(await readFeedWhole(a, WHOLE))).toEqual(["5 segmentDeleted", "6 segmentTruncated to 2", "7 sessionDeleted"]);
      for (const scope of scopesOf(session(1), segment(100))) {
        expect(await b.fateOf(scope)).toEqual({ exists: false, deletion: undefined });
        expect(await a.fateOf(scope)).toMatchObject({ exists: false, deletion: { type: "sessionDeleted", position: 7 } });
      }
    });
  });

  describe("an id", () => {
    test("that is taken in another namespace is refused, without a word of where", async () => {
      const { store } = await open();
      await ofTeamA(store);
      const b = store.seenBy(OF_B);
      const create = (n: number, m: number) =>
        b.createSegment({ sessionId: session(n), segmentId: segment(m), session: "any", opening: openingOf(session(n)) });

      for (const refused of [create(2, 100), importStart(b, segment(100), undefined, session(2))]) {
        await expect(refused).rejects.toMatchObject({ reason: "SEGMENT_EXISTS", metadata: { segment_id: segment(100) } });
        await expect(refused).rejects.not.toHaveProperty("metadata.session_id");
        await expect(refused).rejects.not.toThrow(session(1));
      }
      await expect(create(1, 200)).rejects.toMatchObject({ reason: "SESSION_EXISTS", metadata: { session_id: session(1) } });
      expect(await b.listSegments({ limit: 10 })).toEqual([]);
      expect(await b.listSessions({ limit: 10 })).toEqual([]);
    });

    test("may be used by another namespace once it is free, and neither sees what the other had under it", async () => {
      const stores = await open();
      await ofTeamA(stores.store);
      await done(stores.store.seenBy(OF_A).deleteSession({ sessionId: session(1) }));
      await aSegment(stores.store.seenBy(OF_B));

      for await (const store of overRestart(stores)) {
        const [a, b] = [store.seenBy(OF_A), store.seenBy(OF_B)];
        for (const scope of scopesOf(session(1), segment(100))) {
          expect(inShort(await readFeedWhole(a, scope))).toEqual(["5 sessionDeleted"]);
          expect(inShort(await readFeedWhole(b, scope))).toEqual(["6 entry 0"]);
          expect(await a.fateOf(scope)).toMatchObject({ exists: false, deletion: { position: 5 } });
          expect(await b.fateOf(scope)).toEqual({ exists: true, deletion: undefined });
        }
        expect(await store.getSession(session(1))).toMatchObject({ namespace: "team-b" });
      }
      const { store } = stores;
      await done(store.seenBy(OF_B).deleteSession({ sessionId: session(1) }));
      for (const scope of scopesOf(session(1), segment(100))) {
        expect(await store.seenBy(OF_A).fateOf(scope)).toMatchObject({ exists: false, deletion: { position: 5 } });
        expect(await store.seenBy(OF_B).fateOf(scope)).toMatchObject({ exists: false, deletion: { position: 7 } });
        expect(await store.fateOf(scope)).toMatchObject({ exists: false, deletion: { position: 7 } });
      }
    });

    test("of a request means nothing in another namespace, and nothing to who sees all", async () => {
      const stores = await open();
      const params = { sessionId: session(1), segmentId: segment(100), session: "any", opening: openingOf(session(1)) } as const;
      await stores.store.seenBy(OF_A).createSegment(params, remember("the id"));

      for await (const store of overRestart(stores)) {
        for (const other of [store.seenBy(OF_B), store.seenBy(OF_DEFAULT), store]) {
          await expect(other.createSegment(params, remember("the id"))).rejects.toMatchObject({ reason: "SEGMENT_EXISTS" });
          expect(await other.recall(remember("the id", "other content"))).toBeUndefined();
        }
        expect(await store.seenBy(OF_A).createSegment(params, remember("the id"))).toMatchObject({ replayed: true });
      }
    });
  });

  describe("who sees all namespaces", () => {
    test("finds what each has, lists one where asked to, and is told whose a session is", async () => {
      const stores = await open();
      await ofTeamA(stores.store);
      await aSegment(stores.store.seenBy(OF_B), { session: session(2), segment: segment(102) });
      await aSegment(stores.store, { session: session(3), segment: segment(103) });

      for await (const store of overRestart(stores)) {
        const namespaces = async (namespace?: string) =>
          (await store.listSessions({ limit: 10, ...(namespace && { namespace }) })).map((info) => info.namespace);
        expect(await namespaces()).toEqual(["default", "team-b", "team-a"]);
        expect(await namespaces("team-b")).toEqual(["team-b"]);
        expect(await namespaces("nobody")).toEqual([]);
        expect(await store.listSegments({ limit: 10 })).toHaveLength(4);
        expect(inShort(await readFeedWhole(store, { type: "namespace", namespace: "team-b" }))).toEqual(["5 entry 0"]);
        expect(await readFeedWhole(store, WHOLE)).toHaveLength(6);
      }
    });

    test("adds to a session of another namespace what stays in that namespace", async () => {
      const { store } = await open();
      await ofTeamA(store);
      const all = store.seenBy({ namespace: "ops", seesAll: true });

      await append(all, segment(100), [said("from an operator")]);
      const added = await aSegment(all, { session: session(1), segment: segment(104) });
      const own = await aSegment(all, { session: session(9), segment: segment(109) });

      expect([added.namespace, own.namespace]).toEqual(["team-a", "ops"]);
      expect((await store.seenBy(OF_A).getSegment(segment(100))).entryCount).toBe(4);
      expect(await store.seenBy(OF_A).listSegments({ limit: 10 })).toHaveLength(3);
    });
  });

  describe("a namespace", () => {
    test("has its lists in pages of its own, however much others have between", async () => {
      const stores = await open({ limits: { writesInFlightMax: 5000 } });
      const creating = Array.from({ length: 300 }, (_, n) =>
        aSegment(stores.store.seenBy(n % 10 === 0 ? OF_A : OF_B), { session: session(n), segment: segment(1000 + n) }),
      );
      await Promise.all(creating);
      const wanted = Array.from({ length: 30 }, (_, n) => idOf(10 * n)).reverse();

      for await (const store of overRestart(stores)) {
        const found: SessionId[] = [];
        for (let before: SessionId | undefined; ; before = found.at(-1)) {
          const page = await store.seenBy(OF_A).listSessions({ limit: 7, ...(before && { before }) });
          if (page.length === 0) break;
          found.push(...page.map(({ sessionId }) => sessionId));
        }
        expect(found).toEqual(wanted);
        const some = await store.seenBy(OF_A).listSegments({ limit: 5, before: segment(1100), from: segment(1005) });
        expect(some.map(({ segmentId }) => segmentId)).toEqual([1090, 1080, 1070, 1060, 1050].map(idOf));
      }
    });

    test("hears of its own commits by its name", async () => {
      const { store } = await open();
      const notices: CommitNotice[] = [];
      store.onCommit((notice) => notices.push(notice));

      await ofTeamA(store);
      await aSegment(store.seenBy(OF_B), { session: session(2), segment: segment(102) });
      await done(store.deleteSession({ sessionId: session(1) }));

      const grown = notices.flatMap((notice) => notice.grown);
      expect(new Set(grown.map(({ namespace, sessionId }) => `${namespace} ${sessionId}`))).toEqual(
        new Set([`team-a ${session(1)}`, `team-b ${session(2)}`]),
      );
    });

    test("is that of the caller also where writes of several share a commit", async () => {
      const { store } = await open();
      await ofTeamA(store);
      await aSegment(store.seenBy(OF_B), { session: session(2), segment: segment(102) });
      const from = (sight: Sight, n: number) => store.seenBy(sight).append(appendOf(segment(n), saidTimes(2)));

      const outcomes = await Promise.allSettled([from(OF_A, 100), from(OF_B, 100), from(OF_B, 102), from(OF_A, 102), from(OF_A, 100)]);

      expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected", "fulfilled"]);
      expect(await store.getSegment(segment(100))).toMatchObject({ entryCount: 7, namespace: "team-a" });
    });
  });
}

function scopesOf(sessionId: SessionId, segmentId: SegmentId): readonly FeedScope[] {
  return [
    { type: "session", sessionId },
    { type: "segment", sessionId, segmentId },
  ];
}

function truncate(store: SegmentStore, entryCount: number) {
  return store.truncateSegment({ segmentId: segment(100), entryCount, precondition: {} });
}

function compact(store: SegmentStore) {
  const opening = (sessionId: SessionId) => openingOf(sessionId);
  return store.compactSegment({ sourceId: segment(100), segmentId: segment(200), atTurn: undefined, precondition: {}, opening });
}

function ensureHead(store: SegmentStore) {
  const params = { segmentId: segment(100), newSegmentId: segment(200), atTurn: 0n, opening: undefined, forkOpening };
  return store.ensureHeadOrFork({ ...params, entriesWritten: 3 });
}

function importBehind(store: SegmentStore) {
  return store.importUnit({ sessionId: session(1), segmentId: segment(100), fromIndex: 3, entries: [said("x")] });
}
