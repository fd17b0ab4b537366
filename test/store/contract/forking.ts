import { describe, expect, test } from "vitest";
import { said, saidTimes, segment, session, turnEnd } from "./sample-entries.js";
import type { StoreFactory } from "./store-under-test.js";
import { readAll } from "./whole-reads.js";
import { append, appendOrFork, aSegment, done, fork, importStart } from "./writes.js";

/** forkSegment and what forks need of others. */
export function forking(open: StoreFactory): void {
  describe("a fork", () => {
    test("inherits a prefix by reference, at a count, at a turn, or at the head", async () => {
      const { store } = await open();
      await aSegment(store, { entries: [said("one"), turnEnd(5n), said("two"), turnEnd(3n), said("three")] });

      const atCount = await fork(store, segment(100), segment(201), { entryCount: 3 });
      const atTurn = await fork(store, segment(100), segment(202), { turn: 3n });
      const atHead = await fork(store, segment(100), segment(203));
      const atZero = await fork(store, segment(100), segment(204), { turn: 0n });
      const atMissing = await fork(store, segment(100), segment(205), { turn: 9n, onMissingTurn: "head" });

      expect(atCount).toMatchObject({
        base: { segmentId: segment(100), entryCount: 3 },
        forkedFrom: { segmentId: segment(100), atTurn: 5n },
      });
      expect(atTurn).toMatchObject({ base: { entryCount: 5 }, forkedFrom: { atTurn: 3n } });
      expect(atHead).toMatchObject({
        base: { entryCount: 6 },
        forkedFrom: { atTurn: 3n },
        depth: 1,
        entryCount: 1,
        openingCount: 1,
        turnCount: 0n,
      });
      expect(atZero).toMatchObject({ base: { entryCount: 1 }, forkedFrom: { atTurn: 0n } });
      expect(atMissing).toMatchObject({ base: { entryCount: 6 }, forkedFrom: { atTurn: 9n } });
    });

    test("leaves its source unchanged", async () => {
      const { store } = await open();
      const source = await aSegment(store, { entries: saidTimes(5) });
      const entries = await readAll(store, segment(100));

      await fork(store, segment(100), segment(200), { entryCount: 3 });
      await append(store, segment(200), saidTimes(3));

      expect(await store.getSegment(segment(100))).toEqual(source);
      expect(await readAll(store, segment(100))).toEqual(entries);
    });

    test("is refused without its source, at no turn, past the head, inside the opening, and onto a taken id", async () => {
      const { store } = await open();
      await aSegment(store, { history: 2, entries: [said("one"), turnEnd(5n)] });

      await expect(fork(store, segment(9), segment(200))).rejects.toMatchObject({ reason: "SEGMENT_NOT_FOUND" });
      await expect(fork(store, segment(100), segment(200), { turn: 4n })).rejects.toMatchObject({ reason: "TURN_NOT_FOUND" });
      await expect(fork(store, segment(100), segment(200), { entryCount: 6 })).rejects.toMatchObject({ reason: "PAST_HEAD" });
      await expect(fork(store, segment(100), segment(200), { entryCount: 0 })).rejects.toMatchObject({ reason: "PAST_HEAD" });
      for (const entryCount of [1, 2]) {
        await expect(fork(store, segment(100), segment(200), { entryCount })).rejects.toMatchObject({ reason: "INVALID_FIELD" });
      }
      await expect(fork(store, segment(100), segment(100))).rejects.toMatchObject({ reason: "SEGMENT_EXISTS" });
      expect(await store.listSegments({ limit: 10 })).toHaveLength(1);
    });

    test("is no deeper than the limit, however it comes about", async () => {
      const { store } = await open({ limits: { forkDepthMax: 3 } });
      await aSegment(store, { segment: segment(100), entries: [said("x")] });
      for (let depth = 1; depth <= 3; depth++) {
        expect(await fork(store, segment(99 + depth), segment(100 + depth))).toMatchObject({ depth });
      }
      await append(store, segment(103), [said("conflict")]);
      const conflict = { precondition: { entryCount: 1 }, newSegmentId: segment(104) };
      const ensure = {
        segmentId: segment(103),
        entriesWritten: 1,
        atTurn: 0n,
        newSegmentId: segment(104),
        opening: undefined,
        forkOpening: () => said("not asked for"),
      };

      await expect(fork(store, segment(103), segment(104))).rejects.toMatchObject({
        reason: "FORK_TOO_DEEP",
        metadata: { fork_depth_max: "3" },
      });
      await expect(appendOrFork(store, segment(103), [said("x")], conflict)).rejects.toMatchObject({ reason: "FORK_TOO_DEEP" });
      await expect(store.ensureHeadOrFork(ensure)).rejects.toMatchObject({ reason: "FORK_TOO_DEEP" });
      await expect(importStart(store, segment(104), { segmentId: segment(103), entryCount: 1 })).rejects.toMatchObject({
        reason: "FORK_TOO_DEEP",
      });
      await expect(store.getSegment(segment(104))).rejects.toMatchObject({ reason: "SEGMENT_NOT_FOUND" });
    });
  });

  describe("what a fork is based on", () => {
    test("can be neither deleted nor cut, while what lies behind it can be cut", async () => {
      const { store } = await open();
      await aSegment(store, { entries: saidTimes(5) });
      await fork(store, segment(100), segment(200), { entryCount: 4 });
      await fork(store, segment(100), segment(201), { entryCount: 2 });
      const truncate = (entryCount: number) => store.truncateSegment({ segmentId: segment(100), entryCount, precondition: {} });

      await expect(store.deleteSegment({ segmentId: segment(100) })).rejects.toMatchObject({ reason: "HAS_DEPENDENTS" });
      await expect(truncate(3)).rejects.toMatchObject({ reason: "HAS_DEPENDENTS", metadata: { needed_entry_count: "4" } });
      await expect(truncate(1)).rejects.toMatchObject({ reason: "HAS_DEPENDENTS" });
      await expect(truncate(4)).resolves.toMatchObject({ result: { removedCount: 2 } });
      expect(await store.getSegment(segment(100))).toMatchObject({ entryCount: 4 });
    });

    test("is free again once the fork is deleted, and not before the last one is", async () => {
      const { store, reopen } = await open({ purgeStepKeys: 1 });
      await aSegment(store, { entries: saidTimes(5) });
      await fork(store, segment(100), segment(200), { entryCount: 4 });
      await append(store, segment(200), saidTimes(4));
      await fork(store, segment(100), segment(201), { entryCount: 4 });
      const truncate = (entryCount: number) => store.truncateSegment({ segmentId: segment(100), entryCount, precondition: {} });

      await done(store.deleteSegment({ segmentId: segment(200) }));
      await expect(truncate(3)).rejects.toMatchObject({ reason: "HAS_DEPENDENTS" });
      await done(store.deleteSegment({ segmentId: segment(201) }));
      await expect(truncate(3)).resolves.toMatchObject({ result: { removedCount: 3 } });

      const again = await reopen();
      await expect(again.deleteSegment({ segmentId: segment(100) })).resolves.toMatchObject({ replayed: false });
    });

    test("goes with its session, forks and all, in one event", async () => {
      const { store } = await open();
      await aSegment(store, { entries: saidTimes(5) });
      await fork(store, segment(100), segment(50), { entryCount: 4 });
      await fork(store, segment(50), segment(51));

      const { segmentCount } = await done(store.deleteSession({ sessionId: session(1) }));
      const created = await aSegment(store, { segment: segment(100) });

      expect(segmentCount).toBe(3);
      // Nothing is left of the forks that were based on the segment of this id before.
      await expect(store.deleteSegment({ segmentId: created.segmentId })).resolves.toMatchObject({ replayed: false });
    });

    test("is a branch made by a conflict, or by an import, too", async () => {
      const { store } = await open();
      await aSegment(store, { entries: saidTimes(5) });
      await appendOrFork(store, segment(100), [said("x")], { precondition: { entryCount: 3 }, newSegmentId: segment(200) });
      await importStart(store, segment(201), { segmentId: segment(200), entryCount: 2 });
      const truncate = (n: number, entryCount: number) => store.truncateSegment({ segmentId: segment(n), entryCount, precondition: {} });

      await expect(truncate(100, 2)).rejects.toMatchObject({ reason: "HAS_DEPENDENTS" });
      await expect(truncate(200, 1)).rejects.toMatchObject({ reason: "HAS_DEPENDENTS" });
      await expect(truncate(100, 3)).resolves.toMatchObject({ replayed: false });
    });
  });
}
