import { describe, expect, test } from "vitest";
import { StreamFence } from "../../../src/store/stream-fence.js";
import { forkOpening, fromTheFuture, runCompleted, said, saidAt, saidTimes, segment, turnEnd } from "./sample-entries.js";
import type { StoreFactory } from "./store-under-test.js";
import { readAll, storedBytes } from "./whole-reads.js";
import { append, appendOf, appendOrFork, aSegment, done, remember } from "./writes.js";

/** append: its answer, its preconditions, its forks, its fence. */
export function appending(open: StoreFactory): void {
  describe("appending", () => {
    test("gives each unit the next indexes and the next positions", async () => {
      const { store } = await open();
      await aSegment(store);

      const first = await append(store, segment(100), saidTimes(3));
      const second = await append(store, segment(100), saidTimes(2));

      expect(first).toEqual({ segmentId: segment(100), firstIndex: 1, entryCount: 4, headPosition: 4, forked: false });
      expect(second).toEqual({ segmentId: segment(100), firstIndex: 4, entryCount: 6, headPosition: 6, forked: false });
    });

    test("indexes are dense and positions grow, whoever appends how many at once", async () => {
      const { store } = await open({ nowMs: () => 1000 });
      await aSegment(store);
      const writers = Array.from({ length: 200 }, (_, i) => append(store, segment(100), saidTimes(1 + (i % 7), `writer ${i}`)));

      const results = await Promise.all(writers);

      const entries = await readAll(store, segment(100));
      expect(entries.map(({ index }) => index)).toEqual(Array.from({ length: entries.length }, (_, i) => i));
      expect(entries.map(({ position }) => position)).toEqual([...entries.map(({ position }) => position)].sort((a, b) => a - b));
      for (const [i, { firstIndex, headPosition }] of results.entries()) {
        const count = 1 + (i % 7);
        const place = { index: firstIndex, position: headPosition - count + 1, timeMs: 1000 };
        expect(entries[firstIndex]?.bytes).toBe(storedBytes(said(`writer ${i} 0`), place));
      }
    });

    test("takes effect in the order of the calls of one caller", async () => {
      const { store } = await open();
      await aSegment(store);

      const results = await Promise.all(saidTimes(300).map((entry) => append(store, segment(100), [entry])));

      expect(results.map(({ firstIndex }) => firstIndex)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    });

    test("of many writers with the same precondition exactly one wins, each time", async () => {
      const { store } = await open();
      await aSegment(store);
      for (let entryCount = 1; entryCount <= 20; entryCount++) {
        const writers = saidTimes(32, `round ${entryCount} writer`).map((entry) => append(store, segment(100), [entry], { entryCount }));

        const outcomes = await Promise.allSettled(writers);

        const refused = outcomes.filter((outcome) => outcome.status === "rejected");
        expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
        for (const { reason } of refused)
          expect(reason).toMatchObject({ reason: "HEAD_MISMATCH", metadata: { entry_count: `${entryCount + 1}` } });
      }
      expect(await store.getSegment(segment(100))).toMatchObject({ entryCount: 21, headPosition: 21 });
    });

    test("holds to each half of a precondition", async () => {
      const { store } = await open();
      await aSegment(store, { entries: [said("one")] });
      const at = (precondition: object) => append(store, segment(100), [said("x")], precondition);

      await expect(at({ entryCount: 1 })).rejects.toMatchObject({ reason: "HEAD_MISMATCH" });
      await expect(at({ headPosition: 1 })).rejects.toMatchObject({ reason: "HEAD_MISMATCH" });
      await expect(at({ entryCount: 2, headPosition: 3 })).rejects.toMatchObject({ reason: "HEAD_MISMATCH" });
      await expect(at({ entryCount: 3, headPosition: 2 })).rejects.toMatchObject({
        reason: "HEAD_MISMATCH",
        metadata: { segment_id: segment(100), entry_count: "2", head_position: "2" },
      });
      await expect(at({ headPosition: 2 })).resolves.toMatchObject({ entryCount: 3 });
      await expect(at({ entryCount: 3, headPosition: 3 })).resolves.toMatchObject({ entryCount: 4 });
    });

    test("is refused without its segment", async () => {
      const { store } = await open();

      await expect(append(store, segment(9), [said("x")])).rejects.toMatchObject({
        reason: "SEGMENT_NOT_FOUND",
        metadata: { segment_id: segment(9) },
      });
    });

    test("keeps turn count, interrupted mark, size and time of the segment", async () => {
      let nowMs = 1000;
      const { store } = await open({ nowMs: () => nowMs });
      const created = await aSegment(store);
      nowMs = 2000;

      await append(store, segment(100), [turnEnd(2n ** 64n - 1n), runCompleted(true)]);

      const info = await store.getSegment(segment(100));
      expect(info).toMatchObject({ turnCount: 2n ** 64n - 1n, lastRunInterrupted: true, createMs: 1000, updateMs: 2000 });
      expect(info.byteSize).toBeGreaterThan(created.byteSize);
      await append(store, segment(100), [runCompleted(false), turnEnd(0n)]);
      expect(await store.getSegment(segment(100))).toMatchObject({ turnCount: 0n, lastRunInterrupted: false });
    });

    test("stores the bytes that came in, and puts index, position and a missing time behind them", async () => {
      const { store } = await open({ nowMs: () => 1_234_567 });
      await aSegment(store);
      const written = [fromTheFuture("kept"), saidAt("with a time", 42_001), said("without")];

      await append(store, segment(100), written);

      const read = await readAll(store, segment(100), { fromIndex: 1 });
      const wanted = written.map((entry, i) => storedBytes(entry, { index: i + 1, position: i + 2, timeMs: 1_234_567 }));
      expect(read.map(({ bytes }) => bytes)).toEqual(wanted);
    });

    test("tells a reader nothing before it is answered, and everything after", async () => {
      const { store } = await open();
      await aSegment(store);
      const appended = append(store, segment(100), saidTimes(3));
      const before = await store.getSegment(segment(100));

      await appended;

      expect([1, 4]).toContain(before.entryCount);
      expect(await store.getSegment(segment(100))).toMatchObject({ entryCount: 4 });
      expect(store.headPosition).toBe(4);
    });
  });

  describe("an append that may fork", () => {
    test("goes where it was meant to while the precondition holds", async () => {
      const { store } = await open();
      await aSegment(store);

      const result = await appendOrFork(store, segment(100), [said("x")], { precondition: { entryCount: 1 }, newSegmentId: segment(200) });

      expect(result).toMatchObject({ segmentId: segment(100), forked: false });
      await expect(store.getSegment(segment(200))).rejects.toMatchObject({ reason: "SEGMENT_NOT_FOUND" });
    });

    test("goes onto a branch at the writer's entry count where it does not hold, and leaves the source unchanged", async () => {
      const { store } = await open();
      const source = await aSegment(store, { entries: [turnEnd(4n), said("of another")] });

      const result = await appendOrFork(store, segment(100), saidTimes(2), { precondition: { entryCount: 2 }, newSegmentId: segment(200) });

      expect(result).toEqual({ segmentId: segment(200), firstIndex: 1, entryCount: 3, headPosition: 6, forked: true });
      expect(await store.getSegment(segment(200))).toMatchObject({
        base: { segmentId: segment(100), entryCount: 2 },
        forkedFrom: { segmentId: segment(100), atTurn: 4n },
        openingCount: 1,
        depth: 1,
      });
      expect(await store.getSegment(segment(100))).toEqual(source);
    });

    test("is refused where that prefix cannot be the writer's", async () => {
      const { store } = await open();
      await aSegment(store, { history: 1, entries: [said("one"), said("two")] });
      const at = (precondition: object) => appendOrFork(store, segment(100), [said("x")], { precondition, newSegmentId: segment(200) });

      for (const precondition of [
        { headPosition: 2 },
        { entryCount: 0 },
        { entryCount: 1 },
        { entryCount: 5 },
        { entryCount: 3, headPosition: 4 },
      ]) {
        await expect(at(precondition)).rejects.toMatchObject({ reason: "HEAD_MISMATCH", metadata: { entry_count: "4" } });
      }
      await expect(at({ entryCount: 3, headPosition: 3 })).resolves.toMatchObject({ forked: true });
    });

    test("is refused where the branch's id is taken", async () => {
      const { store } = await open();
      await aSegment(store, { entries: [said("one")] });

      const refused = appendOrFork(store, segment(100), [said("x")], { precondition: { entryCount: 1 }, newSegmentId: segment(100) });

      await expect(refused).rejects.toMatchObject({ reason: "SEGMENT_EXISTS" });
    });

    test("of many at once one stays, and each other gets a branch of its own", async () => {
      const { store } = await open();
      await aSegment(store);

      const results = await Promise.all(
        saidTimes(40).map((entry, i) =>
          appendOrFork(store, segment(100), [entry], { precondition: { entryCount: 1 }, newSegmentId: segment(200 + i) }),
        ),
      );

      expect(results.filter(({ forked }) => !forked)).toHaveLength(1);
      expect(new Set(results.map(({ segmentId }) => segmentId)).size).toBe(40);
      expect(await store.getSession((await store.getSegment(segment(100))).sessionId)).toMatchObject({
        segmentCount: 40,
        entryCount: 2 + 39 * 2,
      });
    });
  });

  describe("a fence", () => {
    const unitOf = (fence: StreamFence, unit: number, precondition = {}) => ({
      ...appendOf(segment(100), [said(`unit ${unit}`)], precondition),
      stream: { fence, unit },
    });

    test("refuses the units behind a refused one, and none before it", async () => {
      const { store } = await open();
      await aSegment(store);
      await aSegment(store, { segment: segment(101) });
      const fence = new StreamFence();

      const outcomes = await Promise.allSettled([
        store.append(unitOf(fence, 0)),
        store.append(unitOf(fence, 1, { entryCount: 99 })),
        store.append(unitOf(fence, 2)),
        store.append({ ...appendOf(segment(101), [said("elsewhere")]), stream: { fence, unit: 3 } }),
      ]);
      const later = store.append(unitOf(fence, 4));

      await expect(later).rejects.toMatchObject({ reason: "STREAM_FENCED", metadata: { segment_id: segment(100) } });
      expect(outcomes).toMatchObject([
        { status: "fulfilled" },
        { reason: { reason: "HEAD_MISMATCH" } },
        { reason: { reason: "STREAM_FENCED" } },
        { status: "fulfilled" },
      ]);
      expect(await store.getSegment(segment(100))).toMatchObject({ entryCount: 2 });
    });

    test("refuses the units behind one that became a fork", async () => {
      const { store } = await open();
      await aSegment(store, { entries: [said("of another")] });
      const fence = new StreamFence();
      const onConflict = { fork: true, newSegmentId: segment(200), opening: forkOpening } as const;

      const [forked, behind] = await Promise.allSettled([
        store.append({ ...unitOf(fence, 0, { entryCount: 1 }), onConflict }),
        store.append(unitOf(fence, 1)),
      ]);

      expect(forked).toMatchObject({ value: { result: { forked: true } } });
      expect(behind).toMatchObject({ reason: { reason: "STREAM_FENCED" } });
    });

    test("refuses the units behind one whose request id was used for another request", async () => {
      const { store } = await open();
      await aSegment(store);
      await done(store.append(appendOf(segment(100), [said("first")]), remember("id", "first")));
      const fence = new StreamFence();

      const [reused, behind] = await Promise.allSettled([
        store.append(unitOf(fence, 0), remember("id", "second")),
        store.append(unitOf(fence, 1)),
      ]);

      expect(reused).toMatchObject({ reason: { reason: "REQUEST_ID_REUSED" } });
      expect(behind).toMatchObject({ reason: { reason: "STREAM_FENCED" } });
    });

    test("lets a request through that was answered before, and tells it in its turn", async () => {
      const { store } = await open();
      await aSegment(store);
      await done(store.append(appendOf(segment(100), [said("first")]), remember("id")));
      const fence = new StreamFence();
      fence.close(segment(100), 0);
      const replayed: Uint8Array[] = [];

      const [again, behind] = await Promise.allSettled([
        store.append(unitOf(fence, 1), { ...remember("id"), onReplay: (answer) => replayed.push(answer) }),
        store.append(unitOf(fence, 2)),
      ]);

      expect(again).toMatchObject({ value: { replayed: true } });
      expect(replayed).toHaveLength(1);
      expect(behind).toMatchObject({ reason: { reason: "STREAM_FENCED" } });
    });
  });
}
