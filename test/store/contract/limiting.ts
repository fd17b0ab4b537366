import { describe, expect, test } from "vitest";
import { isSeglogError } from "../../../src/model/errors.js";
import { said, saidTimes, segment, session } from "./sample-entries.js";
import type { StoreFactory } from "./store-under-test.js";
import { readAll, readFeedWhole } from "./whole-reads.js";
import { append, aSegment, done } from "./writes.js";

/** Limits of writes in flight and of room, and the end. */
export function limiting(open: StoreFactory): void {
  describe("too much at once", () => {
    test("of writes is refused, and what was not refused is written", async () => {
      const { store } = await open({ limits: { writesInFlightMax: 10 } });
      await aSegment(store);

      const outcomes = await Promise.allSettled(saidTimes(30).map((entry) => append(store, segment(100), [entry])));

      const refused = outcomes.filter((outcome) => outcome.status === "rejected");
      expect(refused).toHaveLength(20);
      for (const { reason } of refused) expect(reason).toMatchObject({ reason: "TOO_MANY_IN_FLIGHT", retryAfterMs: expect.any(Number) });
      expect(await store.getSegment(segment(100))).toMatchObject({ entryCount: 11 });
      await expect(append(store, segment(100), [said("room again")])).resolves.toMatchObject({ firstIndex: 11 });
    });

    test("of bytes is refused, but for a single write of any size", async () => {
      const { store } = await open({ limits: { writeBytesInFlightMax: 10_000 } });
      await aSegment(store);
      const large = said("x".repeat(6000));

      const outcomes = await Promise.allSettled([large, large, said("small")].map((entry) => append(store, segment(100), [entry])));

      expect(outcomes).toMatchObject([{ status: "fulfilled" }, { reason: { reason: "TOO_MANY_IN_FLIGHT" } }, { status: "fulfilled" }]);
      await expect(append(store, segment(100), [said("x".repeat(50_000))])).resolves.toMatchObject({ firstIndex: 3 });
    });

    test("does not keep a removal from going on", async () => {
      const { store } = await open({ limits: { writesInFlightMax: 4 }, purgeStepKeys: 1 });
      await aSegment(store);
      for (const entry of saidTimes(30)) await append(store, segment(100), [entry]);
      await aSegment(store, { session: session(2), segment: segment(101) });

      await done(store.deleteSession({ sessionId: session(1) }));
      for (let i = 0; i < 20; i++) await Promise.allSettled(saidTimes(10).map((entry) => append(store, segment(101), [entry])));

      await expect(aSegment(store)).resolves.toMatchObject({ entryCount: 1 });
    });
  });

  describe("a full store", () => {
    const roomBytes = 1 << 20;
    const sizes = [2, 300, 5000, 60_000];

    test.each(sizes)("refuses entries of %i bytes, gives what it has, and lives", async (size) => {
      const { store, reopen } = await open({ roomBytes });
      await aSegment(store);
      let failed: unknown;
      void store.failure.then((cause) => {
        failed = cause;
      });
      let appended = 0;

      const text = "x".repeat(size);
      let refusals = 0;
      for (let round = 0; refusals < 3 && round < 100_000; round++) {
        const outcomes = await Promise.allSettled([text, text, text, text].map((each) => append(store, segment(100), [said(each)])));
        for (const outcome of outcomes) {
          if (outcome.status === "fulfilled") appended++;
          else if (!isSeglogError(outcome.reason, "STORE_FULL")) throw outcome.reason;
        }
        if (outcomes.every(({ status }) => status === "rejected")) refusals++;
      }

      expect(refusals).toBe(3);
      expect(failed).toBeUndefined();
      expect(appended * size).toBeGreaterThan(size > 100 ? roomBytes / 16 : 0);
      expect(await readAll(store, segment(100))).toHaveLength(appended + 1);
      expect(await readFeedWhole(await reopen(), { type: "store" })).toHaveLength(appended + 1);
    });

    test.each(sizes)("of entries of %i bytes can be cut and emptied, and filled again", async (size) => {
      const { store } = await open({ roomBytes });
      const filled: number[] = [];
      for (let round = 0; round < 3; round++) {
        await aSegment(store, { entries: [said("begun")] });
        for (let isFull = false; !isFull; ) {
          const writes = Array.from({ length: 16 }, () => append(store, segment(100), [said("x".repeat(size))]));
          const refused = (await Promise.allSettled(writes)).filter((outcome) => outcome.status === "rejected");
          for (const { reason } of refused) if (!isSeglogError(reason, "STORE_FULL")) throw reason;
          isFull = refused.length > 0;
        }
        const { entryCount, byteSize } = await store.getSegment(segment(100));
        filled.push(byteSize);

        await done(store.truncateSegment({ segmentId: segment(100), entryCount: Math.ceil(entryCount / 2), precondition: {} }));
        await done(store.deleteSession({ sessionId: session(1) }));

        expect(await store.listSegments({ limit: 9 })).toEqual([]);
      }

      // It takes about as much each time: what was deleted makes room.
      expect(Math.min(...filled)).toBeGreaterThan(Math.max(...filled) / 2);
    });
  });

  describe("closing", () => {
    test("answers the writes that are under way, and refuses later ones", async () => {
      const stores = await open();
      const { store } = stores;
      await aSegment(store);
      const underWay = saidTimes(100).map((entry) => append(store, segment(100), [entry]));

      const reopened = stores.reopen();
      const late = append(store, segment(100), [said("late")]);

      await expect(late).rejects.toMatchObject({ reason: "DRAINING" });
      expect(await Promise.all(underWay)).toHaveLength(100);
      expect(await (await reopened).getSegment(segment(100))).toMatchObject({ entryCount: 101 });
    });

    test("answers the writes that wait for a removal, one way or the other", async () => {
      const stores = await open({ purgeStepKeys: 1 });
      await aSegment(stores.store, { entries: saidTimes(50) });
      await done(stores.store.truncateSegment({ segmentId: segment(100), entryCount: 1, precondition: {} }));
      const waiting = append(stores.store, segment(100), [said("x")]).then(
        () => 2,
        (error: unknown) => (isSeglogError(error, "DRAINING") ? 1 : error),
      );

      const store = await stores.reopen();

      expect(await store.getSegment(segment(100))).toMatchObject({ entryCount: await waiting });
    });
  });
}
