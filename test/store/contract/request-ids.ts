import { describe, expect, test } from "vitest";
import { REQUEST_ID_KEPT_MS } from "../../../src/model/limits.js";
import type { SegmentStore } from "../../../src/store/segment-store.js";
import type { Outcome, Remembered } from "../../../src/store/store-writes.js";
import { forkOpening, openingOf, said, saidTimes, segment, session } from "./sample-entries.js";
import { overRestart, type StoreFactory } from "./store-under-test.js";
import { answerText, appendOf, aSegment, done, remember } from "./writes.js";

/** Request ids, of every write that takes them, and recall. */
export function rememberingRequests(open: StoreFactory): void {
  describe("a request id", () => {
    const writes: readonly (readonly [string, (store: SegmentStore, remembered: Remembered<unknown>) => Promise<Outcome<unknown>>])[] = [
      ["append", (store, id) => store.append(appendOf(segment(100), [said("x")]), id)],
      [
        "createSegment",
        (store, id) =>
          store.createSegment({ sessionId: session(1), segmentId: segment(200), session: "any", opening: openingOf(session(1)) }, id),
      ],
      [
        "compactSegment",
        (store, id) =>
          store.compactSegment(
            {
              sourceId: segment(100),
              segmentId: segment(200),
              atTurn: undefined,
              precondition: {},
              opening: (sessionId) => openingOf(sessionId),
            },
            id,
          ),
      ],
      [
        "forkSegment",
        (store, id) =>
          store.forkSegment({ sourceId: segment(100), segmentId: segment(200), at: { onMissingTurn: "head" }, opening: forkOpening }, id),
      ],
      [
        "ensureHeadOrFork",
        (store, id) =>
          store.ensureHeadOrFork(
            { segmentId: segment(100), entriesWritten: 2, atTurn: 0n, newSegmentId: segment(200), opening: undefined, forkOpening },
            id,
          ),
      ],
      ["truncateSegment", (store, id) => store.truncateSegment({ segmentId: segment(100), entryCount: 2, precondition: {} }, id)],
      ["deleteSegment", (store, id) => store.deleteSegment({ segmentId: segment(100) }, id)],
      ["deleteSession", (store, id) => store.deleteSession({ sessionId: session(1) }, id)],
    ];

    test.each(writes)("%s is done once, and its answer is given again", async (_name, write) => {
      const { store, reopen } = await open();
      await aSegment(store, { entries: saidTimes(3) });
      const remembered = remember("the id");

      const first = await write(store, remembered);
      const { headPosition } = store;
      const second = await write(store, remembered);
      const third = await write(await reopen(), remembered);

      if (first.replayed) throw new Error("the first was answered before");
      const answer = answerText(first.result);
      for (const again of [second, third]) {
        if (!again.replayed) throw new Error("it was done again");
        expect(Buffer.from(again.answer).toString()).toBe(answer);
      }
      expect((await reopen()).headPosition).toBe(headPosition);
    });

    test.each(writes)("%s with it is refused where it stood for another request", async (_name, write) => {
      const { store } = await open();
      await aSegment(store, { entries: saidTimes(3) });
      await done(store.append(appendOf(segment(100), [said("y")]), remember("the id", "another")));
      const { headPosition } = store;

      await expect(write(store, remember("the id"))).rejects.toMatchObject({ reason: "REQUEST_ID_REUSED" });
      expect(store.headPosition).toBe(headPosition);
    });

    test("is answered whatever became of the segment, before any precondition is checked", async () => {
      const { store, reopen } = await open();
      await aSegment(store, { entries: saidTimes(3) });
      const write = (to: SegmentStore) => to.append(appendOf(segment(100), [said("x")], { entryCount: 4 }), remember("the id"));
      await done(write(store));

      await done(store.truncateSegment({ segmentId: segment(100), entryCount: 1, precondition: {} }));
      const afterCut = await write(store);
      await done(store.deleteSession({ sessionId: session(1) }));
      const afterDeletion = await write(store);
      const afterRestart = await write(await reopen());

      expect([afterCut, afterDeletion, afterRestart]).toMatchObject([{ replayed: true }, { replayed: true }, { replayed: true }]);
      expect(afterRestart).toEqual(afterCut);
    });

    test("of two at once does one, and tells the other in its turn", async () => {
      const { store } = await open();
      await aSegment(store);
      const replays: string[] = [];
      const onReplay = (answer: Uint8Array) => replays.push(Buffer.from(answer).toString());
      const write = (id: Remembered<unknown>) => store.append(appendOf(segment(100), [said("x")]), id);

      const outcomes = await Promise.all(Array.from({ length: 5 }, () => write({ ...remember("the id"), onReplay })));

      expect(outcomes.map(({ replayed }) => replayed)).toEqual([false, true, true, true, true]);
      expect(replays).toHaveLength(4);
      expect(await store.getSegment(segment(100))).toMatchObject({ entryCount: 2 });
    });

    test("stands only for success", async () => {
      const { store } = await open();
      await aSegment(store);
      const write = (content: string, entryCount: number) =>
        store.append(appendOf(segment(100), [said("x")], { entryCount }), remember("the id", content));

      await expect(write("first", 9)).rejects.toMatchObject({ reason: "HEAD_MISMATCH" });
      await expect(write("second", 1)).resolves.toMatchObject({ replayed: false });
      await expect(write("first", 9)).rejects.toMatchObject({ reason: "REQUEST_ID_REUSED" });
    });

    test("stands only for what wrote something", async () => {
      const { store } = await open();
      await aSegment(store, { entries: [said("one")] });
      const truncate = () => store.truncateSegment({ segmentId: segment(100), entryCount: 2, precondition: {} }, remember("of a cut"));
      const ensure = () =>
        store.ensureHeadOrFork(
          { segmentId: segment(100), entriesWritten: 2, atTurn: 0n, newSegmentId: segment(200), opening: undefined, forkOpening },
          remember("of a check"),
        );
      await done(truncate());
      await done(ensure());
      await done(store.append(appendOf(segment(100), [said("two")])));

      const [cut, check] = [await done(ensure()), await done(truncate())];

      expect(cut.forked).toBe(true);
      expect(check.removedCount).toBe(1);
      expect(await truncate()).toMatchObject({ replayed: true });
    });

    test("is kept for 24 hours, and free behind them", async () => {
      let nowMs = 1_000_000;
      const { store, reopen } = await open({ nowMs: () => nowMs });
      await aSegment(store);
      const write = (to: SegmentStore, content: string) => to.append(appendOf(segment(100), [said(content)]), remember("the id", content));
      await done(write(store, "first"));

      nowMs += REQUEST_ID_KEPT_MS - 1;
      expect(await write(store, "first")).toMatchObject({ replayed: true });
      await expect(write(await reopen(), "second")).rejects.toMatchObject({ reason: "REQUEST_ID_REUSED" });
      nowMs += 1;
      const again = await reopen();
      expect(await write(again, "second")).toMatchObject({ replayed: false });
      nowMs += REQUEST_ID_KEPT_MS - 1;

      // The time runs from the second use.
      expect(await write(again, "second")).toMatchObject({ replayed: true });
      await expect(write(again, "first")).rejects.toMatchObject({ reason: "REQUEST_ID_REUSED" });
    });

    test("can be asked for without writing", async () => {
      let nowMs = 1000;
      const stores = await open({ nowMs: () => nowMs });
      const { store } = stores;
      await aSegment(store);
      const { id, digest } = remember("the id");
      const other = remember("the id", "another");

      expect(await store.recall({ id, digest })).toBeUndefined();
      const result = await done(store.append(appendOf(segment(100), [said("x")]), remember("the id")));
      for await (const each of overRestart(stores)) {
        expect(Buffer.from((await each.recall({ id, digest })) ?? []).toString()).toBe(answerText(result));
        await expect(each.recall({ id, digest: other.digest })).rejects.toMatchObject({ reason: "REQUEST_ID_REUSED" });
        expect(await each.recall({ id: "another id", digest })).toBeUndefined();
      }
      nowMs += REQUEST_ID_KEPT_MS;
      expect(await (await stores.reopen()).recall({ id, digest })).toBeUndefined();
    });
  });
}
