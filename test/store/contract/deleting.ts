import { describe, expect, test } from "vitest";
import type { SegmentStore } from "../../../src/store/segment-store.js";
import { openingOf, said, saidTimes, segment, session, turnEnd } from "./sample-entries.js";
import { overRestart, type StoreFactory } from "./store-under-test.js";
import { inShort, readAll, readFeedWhole } from "./whole-reads.js";
import { append, aSegment, done, fork } from "./writes.js";

/** deleteSegment, deleteSession and fateOf, at once and in steps. */
export function deleting(open: StoreFactory): void {
  describe("deleting a segment", () => {
    test("takes it away for good, and leaves its session, even empty", async () => {
      const stores = await open();
      const { store } = stores;
      await aSegment(store, { entries: saidTimes(3) });
      await store.appendTrace(segment(100), [{ bytes: Buffer.from([0x10, 1]), hasTime: true }]);

      await done(store.deleteSegment({ segmentId: segment(100) }));

      for await (const each of overRestart(stores)) {
        await isGone(each);
        expect(await each.getSession(session(1))).toMatchObject({ segmentCount: 0, entryCount: 0, headSegmentId: undefined });
        expect(await each.listSegments({ limit: 10 })).toEqual([]);
        expect(await each.listSegments({ limit: 10, sessionId: session(1) })).toEqual([]);
        expect(await each.listSessions({ limit: 10 })).toHaveLength(1);
      }
    });

    test("is told in the feeds of store, session and segment", async () => {
      const { store } = await open();
      await aSegment(store, { entries: saidTimes(3) });
      await aSegment(store, { segment: segment(101) });

      await done(store.deleteSegment({ segmentId: segment(100) }));

      const event = { type: "segmentDeleted", position: 6, namespace: "default", sessionId: session(1), segmentId: segment(100) } as const;
      expect(inShort(await readFeedWhole(store, { type: "store" }))).toEqual(["5 entry 0", "6 segmentDeleted"]);
      expect(inShort(await readFeedWhole(store, { type: "session", sessionId: session(1) }))).toEqual(["5 entry 0", "6 segmentDeleted"]);
      const scope = { type: "segment", sessionId: session(1), segmentId: segment(100) } as const;
      expect(await readFeedWhole(store, scope)).toEqual([event]);
      expect(await store.fateOf(scope)).toEqual({ exists: false, deletion: event });
      expect(await store.fateOf({ ...scope, segmentId: segment(101) })).toEqual({ exists: true, deletion: undefined });
    });

    test("is refused without it", async () => {
      const { store } = await open();
      await aSegment(store);
      await done(store.deleteSegment({ segmentId: segment(100) }));

      await expect(store.deleteSegment({ segmentId: segment(100) })).rejects.toMatchObject({ reason: "SEGMENT_NOT_FOUND" });
      await expect(append(store, segment(100), [said("x")])).rejects.toMatchObject({ reason: "SEGMENT_NOT_FOUND" });
      await expect(fork(store, segment(100), segment(101))).rejects.toMatchObject({ reason: "SEGMENT_NOT_FOUND" });
      await expect(store.appendTrace(segment(100), [])).rejects.toMatchObject({ reason: "SEGMENT_NOT_FOUND" });
      await expect(store.truncateSegment({ segmentId: segment(100), entryCount: 1, precondition: {} })).rejects.toMatchObject({
        reason: "SEGMENT_NOT_FOUND",
      });
    });

    test("frees its id at once, and nothing of the old one shows in the new", async () => {
      const stores = await open({ purgeStepKeys: 1 });
      const { store } = stores;
      await aSegment(store, { entries: [turnEnd(1n), turnEnd(2n), ...saidTimes(20)] });
      await store.appendTrace(segment(100), [{ bytes: Buffer.from([0x10, 1]), hasTime: true }]);

      const deleted = store.deleteSegment({ segmentId: segment(100) });
      const created = await aSegment(store, { entries: [said("new")] });

      await deleted;
      expect(created).toMatchObject({ entryCount: 2, headPosition: 26, turnCount: 0n });
      for await (const each of overRestart(stores)) {
        expect(await readAll(each, segment(100))).toHaveLength(2);
        expect(inShort(await readFeedWhole(each, { type: "store" }))).toEqual(["24 segmentDeleted", "25 entry 0", "26 entry 1"]);
        await expect(each.resolvePoint(segment(100), { turn: 1n, onMissingTurn: "fail" })).rejects.toMatchObject({
          reason: "TURN_NOT_FOUND",
        });
        expect(await each.readTrace({ segmentId: segment(100), fromIndex: 0, limit: 9, bytesMax: 999 })).toMatchObject({ entries: [] });
        expect(await each.fateOf({ type: "segment", sessionId: session(1), segmentId: segment(100) })).toMatchObject({
          exists: true,
          deletion: { position: 24 },
        });
      }
    });

    test("and making it again in another session leaves each feed what it had", async () => {
      const { store } = await open();
      await aSegment(store, { entries: saidTimes(2) });
      await done(store.deleteSegment({ segmentId: segment(100) }));

      await aSegment(store, { session: session(2) });

      const inSession = (n: number) => ({ type: "segment", sessionId: session(n), segmentId: segment(100) }) as const;
      expect(inShort(await readFeedWhole(store, inSession(1)))).toEqual(["4 segmentDeleted"]);
      expect(inShort(await readFeedWhole(store, inSession(2)))).toEqual(["5 entry 0"]);
      expect(await store.fateOf(inSession(1))).toMatchObject({ exists: false, deletion: { type: "segmentDeleted" } });
    });

    test("tells no deletion of a session that has the same 128 bits", async () => {
      const { store } = await open();
      await aSegment(store, { session: session(7), segment: segment(7) });
      await aSegment(store, { session: session(7), segment: segment(8) });

      await done(store.deleteSegment({ segmentId: segment(7) }));
      const whileThere = await store.fateOf({ type: "session", sessionId: session(7) });
      await done(store.deleteSession({ sessionId: session(7) }));

      expect(whileThere).toEqual({ exists: true, deletion: undefined });
      expect(await store.fateOf({ type: "session", sessionId: session(7) })).toMatchObject({
        exists: false,
        deletion: { type: "sessionDeleted" },
      });
      await aSegment(store, { session: session(6), segment: segment(7) });
      expect(await store.fateOf({ type: "segment", sessionId: session(6), segmentId: segment(7) })).toMatchObject({
        exists: true,
        deletion: { type: "segmentDeleted", position: 3 },
      });
    });
  });

  describe("deleting a session", () => {
    test("takes all its segments with it, as one event in every feed of it", async () => {
      const stores = await open();
      const { store } = stores;
      await aSegment(store, { entries: saidTimes(3) });
      await fork(store, segment(100), segment(101));
      await aSegment(store, { session: session(2), segment: segment(300) });

      const { segmentCount } = await done(store.deleteSession({ sessionId: session(1) }));

      expect(segmentCount).toBe(2);
      const event = { type: "sessionDeleted", position: 7, namespace: "default", sessionId: session(1) };
      for await (const each of overRestart(stores)) {
        await isGone(each);
        await expect(each.getSession(session(1))).rejects.toMatchObject({
          reason: "SESSION_NOT_FOUND",
          metadata: { session_id: session(1) },
        });
        expect(inShort(await readFeedWhole(each, { type: "store" }))).toEqual(["6 entry 0", "7 sessionDeleted"]);
        expect(await readFeedWhole(each, { type: "session", sessionId: session(1) })).toEqual([event]);
        expect(await readFeedWhole(each, { type: "segment", sessionId: session(1), segmentId: segment(101) })).toEqual([event]);
        expect(await each.fateOf({ type: "session", sessionId: session(1) })).toEqual({ exists: false, deletion: event });
        expect(await each.fateOf({ type: "segment", sessionId: session(1), segmentId: segment(100) })).toEqual({
          exists: false,
          deletion: event,
        });
        expect(await each.fateOf({ type: "session", sessionId: session(2) })).toEqual({ exists: true, deletion: undefined });
        expect(await each.fateOf({ type: "store" })).toEqual({ exists: true, deletion: undefined });
        expect(await each.fateOf({ type: "session", sessionId: session(9) })).toEqual({ exists: false, deletion: undefined });
        expect((await each.listSessions({ limit: 10 })).map(({ sessionId }) => sessionId)).toEqual([session(2)]);
        expect((await each.listSegments({ limit: 10 })).map(({ segmentId }) => segmentId)).toEqual([segment(300)]);
        expect(await each.listSegments({ limit: 10, sessionId: session(1) })).toEqual([]);
      }
    });

    test("is refused without it, the second time too", async () => {
      const { store } = await open();
      await aSegment(store);

      const both = await Promise.allSettled([
        store.deleteSession({ sessionId: session(1) }),
        store.deleteSession({ sessionId: session(1) }),
      ]);

      expect(both).toMatchObject([{ status: "fulfilled" }, { reason: { reason: "SESSION_NOT_FOUND" } }]);
      await expect(store.deleteSession({ sessionId: session(9) })).rejects.toMatchObject({ reason: "SESSION_NOT_FOUND" });
    });

    test("takes segments with it that are being cut or deleted, and what is made anew under their ids stays", async () => {
      const stores = await open({ purgeStepKeys: 5 });
      const { store } = stores;
      await aSegment(store, { entries: saidTimes(12) });
      await aSegment(store, { segment: segment(101), entries: saidTimes(9) });
      const opening = openingOf(session(2));
      const newEntries = (n: number) => ({
        sessionId: session(2),
        segmentId: segment(n),
        fromIndex: 0,
        entries: [...opening, ...saidTimes(30)],
      });

      // All of these are under way at once.
      await Promise.all([
        store.truncateSegment({ segmentId: segment(100), entryCount: 2, precondition: {} }),
        store.deleteSegment({ segmentId: segment(101) }),
        store.deleteSession({ sessionId: session(1) }),
        store.importUnit(newEntries(100)),
        store.importUnit(newEntries(101)),
      ]);

      for await (const each of overRestart(stores)) {
        expect(await readAll(each, segment(100))).toHaveLength(31);
        expect(await readAll(each, segment(101))).toHaveLength(31);
        expect(await readFeedWhole(each, { type: "session", sessionId: session(2) })).toHaveLength(62);
        expect(await each.listSegments({ limit: 10 })).toHaveLength(2);
      }
    });

    test("tells of a segment that was being deleted already that it went before", async () => {
      const stores = await open({ purgeStepKeys: 5 });
      const { store } = stores;
      const { headPosition } = await aSegment(store, { entries: saidTimes(7) });
      const scope = { type: "segment", sessionId: session(1), segmentId: segment(100) } as const;

      await Promise.all([store.deleteSegment({ segmentId: segment(100) }), store.deleteSession({ sessionId: session(1) })]);

      for await (const each of overRestart(stores)) {
        const deletion = {
          type: "segmentDeleted",
          position: headPosition + 1,
          namespace: "default",
          sessionId: session(1),
          segmentId: segment(100),
        };
        expect(await each.fateOf(scope)).toEqual({ exists: false, deletion });
        await aSegment(each, { session: session(2), segment: segment(101) }).catch(() => undefined);
        expect(await each.fateOf(scope)).toEqual({ exists: false, deletion });
      }
    });

    test("of 5,000 records goes on where a restart interrupted it, until all is gone", async () => {
      const stores = await open();
      await aSegment(stores.store);
      const batch = Array.from({ length: 2500 }, (_, i) => [turnEnd(BigInt(i))]);
      await Promise.all(batch.map((unit) => append(stores.store, segment(100), unit)));
      await aSegment(stores.store, { segment: segment(101) });
      await Promise.all(batch.map((unit) => append(stores.store, segment(101), unit)));

      await done(stores.store.deleteSession({ sessionId: session(1) }));
      for (let restart = 0; restart < 3; restart++) {
        const store = await stores.reopen();
        await isGone(store);
        expect(inShort(await readFeedWhole(store, { type: "store" }))).toEqual(["5003 sessionDeleted"]);
        expect(await readFeedWhole(store, { type: "session", sessionId: session(1) })).toHaveLength(1);
      }
      const created = await aSegment(stores.store, { entries: [said("new")] });

      expect(created).toMatchObject({ entryCount: 2, headPosition: 5005 });
      expect(inShort(await readFeedWhole(stores.store, { type: "store" }))).toEqual([
        "5003 sessionDeleted",
        "5004 entry 0",
        "5005 entry 1",
      ]);
      await expect(stores.store.resolvePoint(segment(100), { turn: 7n, onMissingTurn: "fail" })).rejects.toMatchObject({
        reason: "TURN_NOT_FOUND",
      });
    });

    test("takes back no position, even as the last thing before a restart", async () => {
      const { store, reopen } = await open();
      await aSegment(store, { entries: saidTimes(3) });
      await done(store.deleteSession({ sessionId: session(1) }));

      const again = await reopen();

      expect(again.headPosition).toBe(5);
      expect(await aSegment(again)).toMatchObject({ headPosition: 6 });
    });
  });
}

/** Segment 100 and what was in it. */
async function isGone(store: SegmentStore): Promise<void> {
  const segmentId = segment(100);
  await expect(store.getSegment(segmentId)).rejects.toMatchObject({ reason: "SEGMENT_NOT_FOUND" });
  await expect(store.readEntries({ segmentId, fromIndex: 0, toIndex: 9, bytesMax: 999 })).rejects.toMatchObject({
    reason: "SEGMENT_NOT_FOUND",
  });
  await expect(store.readTrace({ segmentId, fromIndex: 0, limit: 9, bytesMax: 999 })).rejects.toMatchObject({
    reason: "SEGMENT_NOT_FOUND",
  });
  await expect(store.resolvePoint(segmentId, { onMissingTurn: "head" })).rejects.toMatchObject({ reason: "SEGMENT_NOT_FOUND" });
  expect(await store.positionOf(segmentId, 0)).toBeUndefined();
}
