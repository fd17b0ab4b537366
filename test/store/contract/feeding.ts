import { describe, expect, test } from "vitest";
import type { CommitNotice, FeedScope } from "../../../src/store/feed.js";
import { said, saidTimes, segment, session } from "./sample-entries.js";
import type { StoreFactory } from "./store-under-test.js";
import { type FeedThing, inShort, readAll, readFeedWhole } from "./whole-reads.js";
import { append, aSegment, done, fork } from "./writes.js";

/** readFeed and onCommit. */
export function feeding(open: StoreFactory): void {
  describe("a feed", () => {
    const store = { type: "store" } as const;
    const ofSession = (n: number) => ({ type: "session", sessionId: session(n) }) as const;
    const ofSegment = (n: number, m: number) => ({ type: "segment", sessionId: session(n), segmentId: segment(m) }) as const;

    /** Two sessions, three segments, units of 1 to 4 entries in turns, with a cut and a deletion among them. */
    async function aBusyStore() {
      const opened = await open();
      const { store: to } = opened;
      await aSegment(to, { segment: segment(1) });
      await aSegment(to, { segment: segment(2) });
      await aSegment(to, { session: session(2), segment: segment(3) });
      for (let i = 0; i < 12; i++) await append(to, segment(1 + (i % 3)), saidTimes(1 + (i % 4), "x".repeat(10 * i)));
      await done(to.truncateSegment({ segmentId: segment(1), entryCount: 4, precondition: {} }));
      await fork(to, segment(2), segment(4));
      await append(to, segment(4), saidTimes(3));
      await done(to.deleteSegment({ segmentId: segment(4) }));
      await append(to, segment(1), saidTimes(4));
      return opened;
    }

    test("gives everything in its scope in order of position, from any position, in pages of any size", async () => {
      const { store: busy } = await aBusyStore();
      const everything = (await readFeedWhole(busy, store)).filter((thing) => thing.position > 0);
      const scopes: readonly FeedScope[] = [
        store,
        ofSession(1),
        ofSession(2),
        ofSegment(1, 1),
        ofSegment(1, 2),
        ofSegment(2, 3),
        ofSegment(1, 4),
      ];
      expect(inShort(everything).filter((text) => !text.includes("entry"))).toHaveLength(2);

      for (const scope of scopes) {
        const wanted = everything.filter((thing) => isIn(scope, thing));
        for (let afterPosition = 0; afterPosition <= busy.headPosition; afterPosition++) {
          for (const bytesMax of [1, 100, 200, 500, 1 << 20]) {
            const read = await readFeedWhole(busy, scope, { afterPosition, bytesMax });
            expect(read).toEqual(wanted.filter(({ position }) => position > afterPosition));
          }
        }
      }
    });

    test("holds the entries that reading the segments gives, byte for byte", async () => {
      const { store: busy } = await aBusyStore();
      const entries = (await Promise.all([1, 2, 3].map((n) => readAll(busy, segment(n))))).flat();

      const fed = (await readFeedWhole(busy, store)).filter((thing) => "index" in thing);

      expect(fed).toEqual(entries.sort((a, b) => a.position - b.position));
    });

    test("goes on inside a unit whose rest did not fit", async () => {
      const { store: one } = await open();
      await aSegment(one);
      await append(one, segment(100), [said("small"), said("x".repeat(900)), said("small too")]);
      await append(one, segment(100), [said("the next unit")]);

      for (const scope of [store, ofSession(1), ofSegment(1, 100)]) {
        const page = await one.readFeed({ scope, afterPosition: 1, upToPosition: 5, eventsAfterPosition: 0, bytesMax: 500 });

        expect(page).toMatchObject({ items: [{ firstPosition: 2, count: 1 }], position: 2 });
        expect(await readFeedWhole(one, scope, { bytesMax: 500 })).toHaveLength(5);
      }
    });

    test("says that it is at the end even where nothing there is in its scope", async () => {
      const { store: busy } = await aBusyStore();
      const upToPosition = busy.headPosition;

      const page = await busy.readFeed({ scope: ofSession(9), afterPosition: 0, upToPosition, eventsAfterPosition: 0, bytesMax: 1 });

      expect(page).toEqual({ items: [], position: upToPosition });
    });

    test("leaves events out up to the position asked for, and entries not", async () => {
      const { store: one } = await open();
      await aSegment(one, { entries: saidTimes(3) });
      await done(one.truncateSegment({ segmentId: segment(100), entryCount: 2, precondition: {} }));
      await done(one.truncateSegment({ segmentId: segment(100), entryCount: 1, precondition: {} }));

      for (const scope of [store, ofSession(1), ofSegment(1, 100)]) {
        expect(inShort(await readFeedWhole(one, scope, { eventsAfterPosition: 5 }))).toEqual(["1 entry 0", "6 segmentTruncated to 1"]);
        expect(inShort(await readFeedWhole(one, scope, { eventsAfterPosition: 6 }))).toEqual(["1 entry 0"]);
      }
    });

    test("ends where it is told to, whatever came since", async () => {
      const { store: one } = await open();
      await aSegment(one, { entries: saidTimes(2) });
      const upToPosition = one.headPosition;
      await append(one, segment(100), saidTimes(3));
      await done(one.truncateSegment({ segmentId: segment(100), entryCount: 4, precondition: {} }));

      for (const scope of [store, ofSession(1), ofSegment(1, 100)]) {
        expect(inShort(await readFeedWhole(one, scope, { upToPosition }))).toEqual(["1 entry 0", "2 entry 1", "3 entry 2"]);
      }
    });

    test("comes in pages where there are very many small units", async () => {
      const { store: one } = await open({ limits: { writesInFlightMax: 5000 } });
      await aSegment(one, { entries: saidTimes(4500) });
      const { headPosition } = one;

      for (const scope of [store, ofSession(1), ofSegment(1, 100)]) {
        const page = await one.readFeed({ scope, afterPosition: 0, upToPosition: headPosition, eventsAfterPosition: 0, bytesMax: 1 << 30 });
        expect(page.items.length).toBeLessThan(headPosition);
        expect(await readFeedWhole(one, scope, { bytesMax: 1 << 30 })).toHaveLength(headPosition);
      }
      expect(await readAll(one, segment(100), { bytesMax: 1 << 30 })).toHaveLength(headPosition);
    });

    test("of a session with many segments gives what each of them has, from any position", async () => {
      const { store: forked } = await open();
      const ids = Array.from({ length: 40 }, (_, i) => segment(1 + i));
      await aSegment(forked, { segment: segment(1) });
      await aSegment(forked, { session: session(2), segment: segment(99) });
      for (const id of ids.slice(1)) await fork(forked, segment(1), id);
      const busy = ids.slice(0, -1);
      for (let round = 0; round < 15; round++) await Promise.all(busy.map((id) => append(forked, id, saidTimes(1 + (round % 3)))));
      await append(forked, segment(40), saidTimes(2));
      await done(forked.deleteSegment({ segmentId: segment(7) }));
      await append(forked, segment(99), saidTimes(2));
      await done(forked.truncateSegment({ segmentId: segment(8), entryCount: 2, precondition: {} }));
      await append(forked, segment(9), saidTimes(2));
      const wanted = (await readFeedWhole(forked, store)).filter((thing) => isIn(ofSession(1), thing));

      for (let afterPosition = 0; afterPosition <= forked.headPosition; afterPosition += 7) {
        const read = await readFeedWhole(forked, ofSession(1), { afterPosition });
        expect(read).toEqual(wanted.filter(({ position }) => position > afterPosition));
      }
    });

    test("may be left in the middle thousands of times", async () => {
      const { store: busy } = await aBusyStore();
      const range = { afterPosition: 0, upToPosition: busy.headPosition, eventsAfterPosition: 0, bytesMax: 1 };

      for (let i = 0; i < 3000; i++) await busy.readFeed({ ...range, scope: i % 2 ? ofSession(1) : store });

      expect(await append(busy, segment(1), [said("still there")])).toMatchObject({ forked: false });
    });
  });

  describe("a commit", () => {
    test("is told once it is durable, with whose feeds grew, and before its writes are answered", async () => {
      const { store } = await open();
      const notices: CommitNotice[] = [];
      const stop = store.onCommit((notice) => notices.push(notice));

      await aSegment(store, { segment: segment(1), entries: [said("a")] });
      await fork(store, segment(1), segment(2));
      await done(store.truncateSegment({ segmentId: segment(1), entryCount: 2, precondition: {} }));
      await done(store.deleteSegment({ segmentId: segment(2) }));
      await done(store.deleteSession({ sessionId: session(1) }));
      stop();
      await aSegment(store, { session: session(2), segment: segment(1) });

      const grew = (n: number) => [{ namespace: "default", sessionId: session(1), segmentId: segment(n) }];
      expect(notices).toEqual([
        { headPosition: 1, grown: grew(1) },
        { headPosition: 2, grown: grew(1) },
        { headPosition: 3, grown: grew(2) },
        { headPosition: 4, grown: grew(2) },
        { headPosition: 5, grown: [{ namespace: "default", sessionId: session(1), segmentId: undefined }] },
      ]);
    });

    test("is told in order, with a head that only grows and is there to be read", async () => {
      const { store } = await open();
      await aSegment(store);
      const heads: number[] = [];
      const reads: Promise<number>[] = [];
      store.onCommit(({ headPosition }) => {
        heads.push(headPosition);
        reads.push(readFeedWhole(store, { type: "store" }, { upToPosition: headPosition }).then((things) => things.length));
      });

      for (let round = 0; round < 10; round++) await Promise.all(saidTimes(5).map((entry) => append(store, segment(100), [entry])));

      expect(heads).toEqual([...heads].sort((a, b) => a - b));
      expect(await Promise.all(reads)).toEqual(heads);
      expect(store.headPosition).toBe(51);
      expect(await store.status()).toMatchObject({
        headPosition: 51,
        formatVersion: expect.any(Number),
        storeId: expect.stringMatching(/^[0-9A-Z]{26}$/),
      });
    });
  });
}

function isIn(scope: FeedScope, thing: FeedThing): boolean {
  if (!("sessionId" in scope)) return scope.type === "store" || !("namespace" in thing) || thing.namespace === scope.namespace;
  if (thing.sessionId !== scope.sessionId) return false;
  return scope.type === "session" || !("segmentId" in thing) || thing.segmentId === scope.segmentId;
}
