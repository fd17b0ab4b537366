import { describe, expect, test } from "vitest";
import { fromTheFuture, said, saidAt, saidTimes, segment, session, turnEnd } from "./sample-entries.js";
import { overRestart, type StoreFactory } from "./store-under-test.js";
import { entriesOf, frameBytes, readAll, storedBytes } from "./whole-reads.js";
import { append, aSegment, done } from "./writes.js";

/** readEntries, positionOf and resolvePoint. */
export function reading(open: StoreFactory): void {
  describe("reading", () => {
    const units = [
      [fromTheFuture("unknown"), said("b")],
      [saidAt("c", 77)],
      [said("d"), said("e".repeat(300)), turnEnd(3n), said("g")],
      [said("h")],
    ];

    test("any range, in pages of any size, in both directions, gives what was appended", async () => {
      const stores = await open({ nowMs: () => 9000 });
      const { store } = stores;
      await aSegment(store);
      for (const unit of units) await append(store, segment(100), unit);
      const wanted = units.flat().map((entry, i) => storedBytes(entry, { index: i + 1, position: i + 2, timeMs: 9000 }));
      const { length } = wanted;

      for await (const each of overRestart(stores)) {
        for (let fromIndex = 1; fromIndex <= length + 1; fromIndex++) {
          for (let toIndex = fromIndex; toIndex <= length + 2; toIndex++) {
            for (const bytesMax of [1, 40, 90, 350, 400, 1000]) {
              const forward = await readAll(each, segment(100), { fromIndex, toIndex, bytesMax });
              const backward = await readAll(each, segment(100), { fromIndex, toIndex, bytesMax, backward: true });

              const part = wanted.slice(fromIndex - 1, toIndex - 1);
              expect(forward.map(({ bytes }) => bytes)).toEqual(part);
              expect(backward.map(({ bytes }) => bytes).reverse()).toEqual(part);
            }
          }
        }
      }
    });

    test("one byte at most gives one entry at a time", async () => {
      const { store } = await open();
      await aSegment(store);
      await append(store, segment(100), saidTimes(3));
      const read = (range: object) => store.readEntries({ segmentId: segment(100), fromIndex: 1, toIndex: 4, bytesMax: 1, ...range });

      const [forward] = await read({});
      const [backward, ...more] = await read({ backward: true });

      expect(forward).toMatchObject({ firstIndex: 1, firstPosition: 2, count: 1, sessionId: session(1), segmentId: segment(100) });
      expect(backward).toMatchObject({ firstIndex: 3, firstPosition: 4, count: 1 });
      expect(more).toEqual([]);
    });

    test("fills its pages", async () => {
      const { store } = await open();
      await aSegment(store, { entries: saidTimes(10) });
      const all = await readAll(store, segment(100));
      const bytesMax = all.slice(0, 4).reduce((sum, { bytes }) => sum + frameBytes(bytes), 0);

      const page = await store.readEntries({ segmentId: segment(100), fromIndex: 0, toIndex: 11, bytesMax });

      expect(page.reduce((sum, { count }) => sum + count, 0)).toBe(4);
    });

    test("bytes that were read stay what they were, whatever is read and written behind them", async () => {
      const { store } = await open();
      await aSegment(store, { entries: saidTimes(20) });
      const page = await store.readEntries({ segmentId: segment(100), fromIndex: 0, toIndex: 99, bytesMax: 1 << 20 });
      const before = page.flatMap(entriesOf);

      await done(store.deleteSegment({ segmentId: segment(100) }));
      await aSegment(store, { entries: saidTimes(500, "other") });
      await readAll(store, segment(100));

      expect(page.flatMap(entriesOf)).toEqual(before);
    });

    test("is refused without the segment", async () => {
      const { store } = await open();

      const read = store.readEntries({ segmentId: segment(9), fromIndex: 0, toIndex: 1, bytesMax: 1 });

      await expect(read).rejects.toMatchObject({ reason: "SEGMENT_NOT_FOUND" });
      expect(await store.positionOf(segment(9), 0)).toBeUndefined();
    });

    test("finds out where the segment was cut back, or deleted, since", async () => {
      const { store } = await open();
      await aSegment(store, { entries: saidTimes(5) });
      const expecting = (index: number, position: number) =>
        store.readEntries({ segmentId: segment(100), fromIndex: 0, toIndex: 1, bytesMax: 1, expect: { index, position } });

      await expect(expecting(5, 6)).resolves.toHaveLength(1);
      await expect(expecting(5, 7)).rejects.toMatchObject({ reason: "SEGMENT_CHANGED" });
      await done(store.truncateSegment({ segmentId: segment(100), entryCount: 3, precondition: {} }));
      await expect(expecting(5, 6)).rejects.toMatchObject({ reason: "SEGMENT_CHANGED" });
      await append(store, segment(100), saidTimes(5));
      await expect(expecting(5, 6)).rejects.toMatchObject({ reason: "SEGMENT_CHANGED", metadata: { segment_id: segment(100) } });
      await expect(expecting(2, 3)).resolves.toHaveLength(1);
      await done(store.deleteSegment({ segmentId: segment(100) }));
      await expect(expecting(2, 3)).rejects.toMatchObject({ reason: "SEGMENT_CHANGED" });
    });

    test("says where each entry stands", async () => {
      const { store } = await open();
      await aSegment(store);
      await append(store, segment(100), saidTimes(3));
      await aSegment(store, { segment: segment(101) });
      await append(store, segment(100), saidTimes(2));

      const positions = await Promise.all([0, 1, 2, 3, 4, 5, 6].map((index) => store.positionOf(segment(100), index)));

      expect(positions).toEqual([1, 2, 3, 4, 6, 7, undefined]);
    });
  });

  describe("a point", () => {
    const last = { onMissingTurn: "fail" } as const;

    test("is behind the first turn end of a number, before everything at 0, or at the head", async () => {
      const { store } = await open();
      const info = await aSegment(store, { history: 1, entries: [said("a"), turnEnd(5n), turnEnd(2n), turnEnd(5n), said("b")] });
      const at = (point: object) => store.resolvePoint(segment(100), { ...last, ...point });

      expect(await at({})).toEqual({ segment: info, entryCount: 7, lastPosition: 7 });
      expect(await at({ turn: 0n })).toEqual({ segment: info, entryCount: 2, lastPosition: 2 });
      expect(await at({ turn: 5n })).toMatchObject({ entryCount: 4, lastPosition: 4 });
      expect(await at({ turn: 2n })).toMatchObject({ entryCount: 5, lastPosition: 5 });
      expect(await at({ entryCount: 3 })).toMatchObject({ entryCount: 3, lastPosition: 3 });
      expect(await at({ turn: 9n, onMissingTurn: "head" })).toMatchObject({ entryCount: 7 });
    });

    test("0 is before everything even where a turn end has that number", async () => {
      const { store } = await open();
      await aSegment(store, { entries: [said("a"), turnEnd(0n)] });

      expect(await store.resolvePoint(segment(100), { ...last, turn: 0n })).toMatchObject({ entryCount: 1 });
    });

    test("may be a turn of any number that 64 bits have", async () => {
      const { store } = await open();
      const turns = [2n ** 64n - 1n, 2n ** 53n + 1n, 2n ** 53n, 1n];
      await aSegment(store, { entries: turns.map(turnEnd) });

      for (const [i, turn] of turns.entries()) {
        expect(await store.resolvePoint(segment(100), { ...last, turn })).toMatchObject({ entryCount: i + 2 });
      }
    });

    test("may lie inside the opening, and is refused without its segment or turn, at 0 and past the head", async () => {
      const { store } = await open();
      await aSegment(store, { history: 1, entries: [turnEnd(3n)] });
      const at = (point: object, n = 100) => store.resolvePoint(segment(n), { ...last, ...point });

      await expect(at({}, 9)).rejects.toMatchObject({ reason: "SEGMENT_NOT_FOUND" });
      await expect(at({ turn: 4n })).rejects.toMatchObject({ reason: "TURN_NOT_FOUND", metadata: { turn: "4", turn_count: "3" } });
      await expect(at({ entryCount: 4 })).rejects.toMatchObject({ reason: "PAST_HEAD", metadata: { entry_count: "3" } });
      await expect(at({ entryCount: 0 })).rejects.toMatchObject({ reason: "PAST_HEAD" });
      expect(await at({ entryCount: 1 })).toMatchObject({ entryCount: 1, lastPosition: 1 });
    });

    test("counts only the turns of the segment's own log", async () => {
      const { store } = await open();
      await aSegment(store, { entries: [turnEnd(3n)] });
      await done(
        store.forkSegment({ sourceId: segment(100), segmentId: segment(101), at: last, opening: () => said("stands for an opening") }),
      );

      await expect(store.resolvePoint(segment(101), { ...last, turn: 3n })).rejects.toMatchObject({ reason: "TURN_NOT_FOUND" });
    });
  });
}
