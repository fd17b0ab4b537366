import { describe, expect, test } from "vitest";
import { StreamFence } from "../../../src/store/stream-fence.js";
import { runCompleted, said, saidTimes, segment, session, turnEnd } from "./sample-entries.js";
import type { StoreFactory } from "./store-under-test.js";
import { inShort, readAll, readFeedWhole } from "./whole-reads.js";
import { append, appendOf, aSegment, done } from "./writes.js";

/** truncateSegment, at once and in steps. */
export function truncating(open: StoreFactory): void {
  describe("truncating", () => {
    test("gives the segment that was only ever so long, wherever the cut falls", async () => {
      let nowMs = 1000;
      const { store } = await open({ nowMs: () => nowMs });
      const units = [
        [turnEnd(1n), runCompleted(true), said("a")],
        [said("b"), turnEnd(2n)],
        [runCompleted(false), turnEnd(1n), said("c")],
      ];
      const entries = units.flat();
      await aSegment(store);
      const full = [];
      for (const unit of units) {
        nowMs += 1000;
        await append(store, segment(100), unit);
        full.push(...unit.map(() => nowMs));
      }

      for (let entryCount = entries.length; entryCount >= 1; entryCount--) {
        const { segment: cut, removedCount } = await done(store.truncateSegment({ segmentId: segment(100), entryCount, precondition: {} }));

        const kept = entries.slice(0, entryCount - 1);
        const stored = await readAll(store, segment(100));
        expect(removedCount).toBe(1);
        expect(stored).toHaveLength(entryCount);
        expect(cut).toMatchObject({
          entryCount,
          headPosition: entryCount,
          turnCount: kept.findLast((entry) => entry.turnCount !== undefined)?.turnCount ?? 0n,
          lastRunInterrupted: kept.findLast((entry) => entry.isInterrupted !== undefined)?.isInterrupted ?? false,
          createMs: 1000,
          updateMs: full[entryCount - 2] ?? 1000,
        });
        expect(await store.getSegment(segment(100))).toEqual(cut);
      }
    });

    test("leaves the size that a segment of the kept entries has", async () => {
      const { store } = await open({ nowMs: () => 1000 });
      const entries = saidTimes(6);
      const long = await aSegment(store, { segment: segment(1) });
      await append(store, segment(1), entries);
      const short = await aSegment(store, { session: session(2), segment: segment(2) });
      // Positions of about the same size take as many bytes.
      await append(store, segment(2), entries.slice(0, 3));

      const { segment: cut } = await done(store.truncateSegment({ segmentId: segment(1), entryCount: 4, precondition: {} }));

      const { byteSize } = await store.getSegment(segment(2));
      expect(cut.byteSize - long.byteSize).toBe(byteSize - short.byteSize);
    });

    test("goes on with the next index and new positions: none is used twice, over restarts too", async () => {
      const { store, reopen } = await open();
      await aSegment(store, { entries: saidTimes(4) });
      await done(store.truncateSegment({ segmentId: segment(100), entryCount: 2, precondition: {} }));

      const again = await reopen();
      const appended = await append(again, segment(100), [said("new")]);

      expect(appended).toMatchObject({ firstIndex: 2, headPosition: 7 });
      expect(inShort(await readFeedWhole(again, { type: "store" }))).toEqual([
        "1 entry 0",
        "2 entry 1",
        "6 segmentTruncated to 2",
        "7 entry 2",
      ]);
    });

    test("stands in the feeds of store, session and segment, and in no other", async () => {
      const { store } = await open();
      await aSegment(store, { entries: saidTimes(2) });
      await aSegment(store, { segment: segment(101) });
      await aSegment(store, { session: session(2), segment: segment(102) });

      await done(store.truncateSegment({ segmentId: segment(100), entryCount: 1, precondition: {} }));

      const events = async (scope: Parameters<typeof readFeedWhole>[1]) =>
        (await readFeedWhole(store, scope)).filter((thing) => !("index" in thing));
      const event = {
        type: "segmentTruncated",
        position: 6,
        namespace: "default",
        sessionId: session(1),
        segmentId: segment(100),
        entryCount: 1,
      };
      expect(await events({ type: "store" })).toEqual([event]);
      expect(await events({ type: "session", sessionId: session(1) })).toEqual([event]);
      expect(await events({ type: "segment", sessionId: session(1), segmentId: segment(100) })).toEqual([event]);
      expect(await events({ type: "segment", sessionId: session(1), segmentId: segment(101) })).toEqual([]);
      expect(await events({ type: "session", sessionId: session(2) })).toEqual([]);
    });

    test("to as many entries as there are does and tells nothing", async () => {
      const { store } = await open();
      const before = await aSegment(store, { entries: saidTimes(2) });

      const nothing = await done(store.truncateSegment({ segmentId: segment(100), entryCount: 3, precondition: { entryCount: 3 } }));

      expect(nothing).toEqual({ segment: before, removedCount: 0 });
      expect(store.headPosition).toBe(before.headPosition);
    });

    test("checks its precondition first, then the end, then the opening", async () => {
      const { store } = await open();
      await aSegment(store, { history: 1, entries: saidTimes(2) });
      const truncate = (entryCount: number, precondition = {}, n = 100) =>
        store.truncateSegment({ segmentId: segment(n), entryCount, precondition });

      await expect(truncate(1, {}, 9)).rejects.toMatchObject({ reason: "SEGMENT_NOT_FOUND" });
      await expect(truncate(99, { entryCount: 3 })).rejects.toMatchObject({ reason: "HEAD_MISMATCH" });
      await expect(truncate(3, { headPosition: 3 })).rejects.toMatchObject({ reason: "HEAD_MISMATCH" });
      await expect(truncate(5)).rejects.toMatchObject({ reason: "PAST_HEAD" });
      await expect(truncate(1)).rejects.toMatchObject({ reason: "INVALID_FIELD", metadata: { field: "entry_count" } });
      await expect(truncate(0)).rejects.toMatchObject({ reason: "INVALID_FIELD" });
      expect(await store.getSegment(segment(100))).toMatchObject({ entryCount: 4 });
    });

    test("forgets the turns that it cuts, and finds those that come after", async () => {
      const { store } = await open();
      await aSegment(store, { entries: [turnEnd(1n), turnEnd(2n), turnEnd(1n)] });
      const at = (turn: bigint) => store.resolvePoint(segment(100), { turn, onMissingTurn: "fail" });

      await done(store.truncateSegment({ segmentId: segment(100), entryCount: 2, precondition: {} }));
      await expect(at(2n)).rejects.toMatchObject({ reason: "TURN_NOT_FOUND", metadata: { turn_count: "1" } });
      await append(store, segment(100), [said("x"), turnEnd(2n)]);

      expect(await at(1n)).toMatchObject({ entryCount: 2 });
      expect(await at(2n)).toMatchObject({ entryCount: 4 });
    });
  });

  describe("truncating in steps", () => {
    const UNITS = 2500;

    test("more than a step removes at once shows nothing of what was cut, at any moment", async () => {
      const { store } = await open();
      await aSegment(store, { entries: Array.from({ length: UNITS }, (_, i) => turnEnd(BigInt(i + 1))) });

      await done(store.truncateSegment({ segmentId: segment(100), entryCount: 10, precondition: {} }));
      // The removal goes on behind this; every look at it is a step of its own.
      for (let look = 0; look < 20; look++) {
        const feeds = await Promise.all([
          readFeedWhole(store, { type: "store" }),
          readFeedWhole(store, { type: "session", sessionId: session(1) }),
          readFeedWhole(store, { type: "segment", sessionId: session(1), segmentId: segment(100) }),
        ]);
        for (const feed of feeds) expect(inShort(feed).slice(9)).toEqual(["10 entry 9", `${UNITS + 2} segmentTruncated to 10`]);
        expect(await readAll(store, segment(100))).toHaveLength(10);
        expect(await readAll(store, segment(100), { backward: true })).toHaveLength(10);
        await expect(store.resolvePoint(segment(100), { turn: BigInt(UNITS), onMissingTurn: "fail" })).rejects.toMatchObject({
          reason: "TURN_NOT_FOUND",
        });
        expect(await store.resolvePoint(segment(100), { turn: BigInt(UNITS - 1), onMissingTurn: "head" })).toMatchObject({
          entryCount: 10,
          lastPosition: 10,
        });
        expect(await store.positionOf(segment(100), 10)).toBeUndefined();
      }
    });

    test("an append at once waits for the removal, and is right", async () => {
      const { store, reopen } = await open();
      await aSegment(store, { entries: Array.from({ length: UNITS }, (_, i) => turnEnd(BigInt(i + 1))) });

      const truncated = store.truncateSegment({ segmentId: segment(100), entryCount: 2, precondition: {} });
      const results = await Promise.all(Array.from({ length: 50 }, (_, i) => append(store, segment(100), [turnEnd(BigInt(2000 + i))])));

      await truncated;
      expect(results.map(({ firstIndex }) => firstIndex).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 2));
      const again = await reopen();
      expect((await readAll(again, segment(100))).map(({ position }) => position)).toEqual([
        1,
        2,
        ...results.map(({ headPosition }) => headPosition),
      ]);
      expect(await again.resolvePoint(segment(100), { turn: 2010n, onMissingTurn: "fail" })).toMatchObject({ entryCount: 13 });
    });

    test("units of a stream that wait for a removal keep their order with those behind them", async () => {
      const { store } = await open({ purgeStepKeys: 20 });
      await aSegment(store, { entries: saidTimes(200) });
      await aSegment(store, { segment: segment(101) });
      const fence = new StreamFence();
      const results: Promise<{ readonly firstIndex: number }>[] = [];

      await done(store.truncateSegment({ segmentId: segment(100), entryCount: 1, precondition: {} }));
      // Meanwhile writes elsewhere keep the commits coming.
      for (let unit = 0; unit < 60; unit++) {
        results.push(done(store.append({ ...appendOf(segment(100), [said(`unit ${unit}`)]), stream: { fence, unit } })));
        if (unit % 5 === 0) await append(store, segment(101), [said("elsewhere")]);
      }

      expect((await Promise.all(results)).map(({ firstIndex }) => firstIndex)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    });

    test("goes on where a restart interrupted it, one key at a time", async () => {
      const stores = await open({ purgeStepKeys: 1 });
      await aSegment(stores.store, { entries: Array.from({ length: 30 }, (_, i) => turnEnd(BigInt(i + 1))) });
      await done(stores.store.truncateSegment({ segmentId: segment(100), entryCount: 2, precondition: {} }));

      for (let restart = 0; restart < 5; restart++) {
        const store = await stores.reopen();
        expect(await readAll(store, segment(100))).toHaveLength(2);
        expect(inShort(await readFeedWhole(store, { type: "store" }))).toEqual(["1 entry 0", "2 entry 1", "32 segmentTruncated to 2"]);
      }
      const appended = await append(stores.store, segment(100), [turnEnd(20n)]);

      expect(appended).toMatchObject({ firstIndex: 2, headPosition: 33 });
      expect(await stores.store.resolvePoint(segment(100), { turn: 20n, onMissingTurn: "fail" })).toMatchObject({ entryCount: 3 });
    });
  });
}
