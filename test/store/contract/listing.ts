import { describe, expect, test } from "vitest";
import type { SegmentId, SessionId } from "../../../src/model/id.js";
import type { ListRange } from "../../../src/store/store-reads.js";
import { idOf, said, segment, session } from "./sample-entries.js";
import type { StoreFactory } from "./store-under-test.js";
import { append, aSegment, fork } from "./writes.js";

const LOWEST = "0".repeat(26);
const HIGHEST = `7${"Z".repeat(25)}`;

/** listSegments, listSessions, getSession. */
export function listing(open: StoreFactory): void {
  describe("lists", () => {
    // The lowest and the highest id that there are, among others that differ in one byte or in several.
    const ids = [
      LOWEST,
      idOf(1),
      idOf(255),
      idOf(256),
      idOf(65_535),
      idOf(65_536),
      "0".repeat(25).concat("G"),
      `3${"0".repeat(25)}`,
      HIGHEST,
    ];
    const descending = [...new Set(ids)].sort().reverse();

    async function aStoreOf() {
      const { store } = await open();
      for (const [i, id] of descending.entries()) {
        await aSegment(store, { session: id as SessionId, segment: id as SegmentId }); // any id may be both
        await aSegment(store, { session: session(1), segment: segment(1000 + i) });
      }
      return store;
    }

    const ranges: readonly ListRange<string>[] = [
      { limit: 100 },
      { limit: 3 },
      { limit: 1 },
      { limit: 100, from: LOWEST },
      { limit: 100, from: LOWEST, to: LOWEST },
      { limit: 100, to: idOf(256) },
      { limit: 100, before: LOWEST },
      { limit: 100, before: HIGHEST },
      { limit: 100, before: idOf(256) },
      { limit: 100, before: idOf(257) },
      { limit: 2, before: idOf(65_536), from: idOf(2) },
      { limit: 100, from: idOf(2), to: idOf(65_535), before: idOf(65_535) },
      { limit: 100, from: HIGHEST },
      { limit: 100, from: `3${"0".repeat(25)}`, to: `3${"Z".repeat(25)}` },
      { limit: 100, from: `0${"0".repeat(25)}`, to: `0${"Z".repeat(25)}` },
      { limit: 100, from: idOf(300), to: idOf(200) },
      { limit: 0 },
    ];

    function cut(all: readonly string[], range: ListRange<string>): readonly string[] {
      const { before = "Z", from = "", to = "Z" } = range;
      return all.filter((id) => id < before && id >= from && id <= to).slice(0, range.limit);
    }

    test("give sessions by id, newest first, within any range", async () => {
      const store = await aStoreOf();

      for (const range of ranges) {
        const found = await store.listSessions(range as ListRange<SessionId>);
        expect(
          found.map(({ sessionId }) => sessionId),
          JSON.stringify(range),
        ).toEqual(cut(descending, range));
      }
    });

    test("give segments by id, of the store or of one session, within any range", async () => {
      const store = await aStoreOf();
      const all = [...descending, ...descending.map((_, i) => idOf(1000 + i))].sort().reverse();
      const ofOne = [...descending.map((_, i) => idOf(1000 + i)), idOf(1)].sort().reverse();

      for (const range of ranges as readonly ListRange<SegmentId>[]) {
        const found = await store.listSegments(range);
        const foundOfOne = await store.listSegments({ ...range, sessionId: session(1) });
        const ofLowest = await store.listSegments({ ...range, sessionId: LOWEST as SessionId });
        expect(
          found.map(({ segmentId }) => segmentId),
          JSON.stringify(range),
        ).toEqual(cut(all, range));
        expect(
          foundOfOne.map(({ segmentId }) => segmentId),
          JSON.stringify(range),
        ).toEqual(cut(ofOne, range));
        expect(
          ofLowest.map(({ segmentId }) => segmentId),
          JSON.stringify(range),
        ).toEqual(cut([LOWEST], range));
      }
    });

    test("page through everything once, one at a time", async () => {
      const store = await aStoreOf();
      const seen: SessionId[] = [];

      for (let before: SessionId | undefined; ; before = seen.at(-1)) {
        const [next] = await store.listSessions({ limit: 1, ...(before && { before }) });
        if (next === undefined || seen.length > 100) break;
        seen.push(next.sessionId);
      }

      expect(seen).toEqual(descending);
    });

    test("are empty for a session that is not known, and in an empty store", async () => {
      const { store } = await open();

      expect(await store.listSegments({ limit: 10, sessionId: session(9) })).toEqual([]);
      expect(await store.listSegments({ limit: 10 })).toEqual([]);
      expect(await store.listSessions({ limit: 10 })).toEqual([]);
    });

    test("describe each as asking for it alone does", async () => {
      const { store } = await open();
      await aSegment(store, { segment: segment(1), entries: [said("a")] });
      await fork(store, segment(1), segment(2));

      expect(await store.listSegments({ limit: 10 })).toEqual([await store.getSegment(segment(2)), await store.getSegment(segment(1))]);
      expect(await store.listSessions({ limit: 10 })).toEqual([await store.getSession(session(1))]);
    });
  });

  describe("a session", () => {
    test("is what its segments add up to, with the one appended to last at its head", async () => {
      let nowMs = 1000;
      const { store } = await open({ nowMs: () => nowMs });
      await aSegment(store, { segment: segment(2) });
      nowMs = 2000;
      await aSegment(store, { segment: segment(1) });
      nowMs = 3000;
      await append(store, segment(2), [said("a"), said("b")]);

      expect(await store.getSession(session(1))).toEqual({
        sessionId: session(1),
        namespace: "default",
        createMs: 1000,
        updateMs: 3000,
        segmentCount: 2,
        entryCount: 4,
        headSegmentId: segment(2),
      });
      await expect(store.getSession(session(2))).rejects.toMatchObject({ reason: "SESSION_NOT_FOUND" });
    });
  });
}
