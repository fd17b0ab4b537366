import { describe, expect, test } from "vitest";
import { openingOf, said, saidTimes, segment, session, turnEnd } from "./sample-entries.js";
import type { StoreFactory } from "./store-under-test.js";
import { aSegment, done, importStart } from "./writes.js";

/** importUnit. */
export function importing(open: StoreFactory): void {
  describe("an import", () => {
    test("makes session and segment with its first unit, and appends the others", async () => {
      const { store } = await open();
      const lineage = { forkedFrom: { segmentId: segment(77), atTurn: 3n }, compactedFrom: { segmentId: segment(78), atTurn: 4n } };
      const unit = { sessionId: session(1), segmentId: segment(100) };

      await store.importUnit({ ...unit, fromIndex: 0, entries: [...openingOf(session(1), 1), turnEnd(2n)], lineage });
      const grown = await store.importUnit({ ...unit, fromIndex: 3, entries: saidTimes(4) });

      expect(grown).toMatchObject({ entryCount: 7, openingCount: 2, turnCount: 2n, headPosition: 7, depth: 0, ...lineage });
      expect(await store.getSegment(segment(100))).toEqual(grown);
    });

    test("an opening may go on in the next unit", async () => {
      const { store } = await open();
      await importStart(store, segment(100));
      const more = openingOf(session(1), 2).slice(1);

      const grown = await store.importUnit({
        sessionId: session(1),
        segmentId: segment(100),
        fromIndex: 1,
        entries: [...more, said("x"), ...more],
      });

      expect(grown).toMatchObject({ entryCount: 6, openingCount: 3 });
    });

    test("is refused where the segment has not exactly so many entries, or is not there", async () => {
      const { store } = await open();
      await importStart(store, segment(100));
      const from = (n: number, fromIndex: number) =>
        store.importUnit({ sessionId: session(1), segmentId: segment(n), fromIndex, entries: [said("x")] });

      await expect(from(100, 2)).rejects.toMatchObject({ reason: "HEAD_MISMATCH", metadata: { entry_count: "1" } });
      await expect(from(100, 0)).rejects.toMatchObject({ reason: "SEGMENT_EXISTS" });
      await expect(from(9, 1)).rejects.toMatchObject({ reason: "SEGMENT_NOT_FOUND" });
    });

    test("is refused where the segment is in another session", async () => {
      const { store } = await open();
      await importStart(store, segment(100));
      const elsewhere = (fromIndex: number) =>
        store.importUnit({ sessionId: session(2), segmentId: segment(100), fromIndex, entries: openingOf(session(2)) });

      await expect(elsewhere(0)).rejects.toMatchObject({ reason: "SEGMENT_EXISTS", metadata: { session_id: session(1) } });
      await expect(elsewhere(1)).rejects.toMatchObject({ reason: "SEGMENT_EXISTS", metadata: { session_id: session(1) } });
      await expect(store.getSession(session(2))).rejects.toMatchObject({ reason: "SESSION_NOT_FOUND" });
    });

    test("needs its base in the session, and long enough", async () => {
      const { store } = await open();
      await aSegment(store, { history: 1, entries: [said("one")] });
      await aSegment(store, { session: session(2), segment: segment(300) });
      const based = (n: number, entryCount: number) => importStart(store, segment(200), { segmentId: segment(n), entryCount });

      for (const [n, entryCount] of [
        [9, 1],
        [100, 4],
        [100, 1],
        [100, 0],
        [300, 1],
        [200, 1],
      ] as const) {
        await expect(based(n, entryCount)).rejects.toMatchObject({ reason: "BASE_NOT_FOUND" });
      }
      await expect(based(100, 3)).resolves.toMatchObject({ base: { segmentId: segment(100), entryCount: 3 }, depth: 1 });
    });

    test("does not take a base that is deleted", async () => {
      const { store } = await open({ purgeStepKeys: 1 });
      await aSegment(store, { entries: saidTimes(5) });
      await done(store.deleteSegment({ segmentId: segment(100) }));

      await expect(importStart(store, segment(200), { segmentId: segment(100), entryCount: 1 })).rejects.toMatchObject({
        reason: "BASE_NOT_FOUND",
      });
    });
  });
}
