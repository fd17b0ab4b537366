import { describe, expect, test } from "vitest";
import type { NamespaceQuota } from "../../../src/model/namespace-quota.js";
import type { SegmentStore } from "../../../src/store/segment-store.js";
import { openingOf, said, saidTimes, segment, session } from "./sample-entries.js";
import { overRestart, type StoreFactory } from "./store-under-test.js";
import { append, aSegment, done, fork } from "./writes.js";

/** A store whose namespace "small" has a quota, and no other one has any. */
const quotas = (quota: NamespaceQuota) => ({ defaults: {}, byName: new Map([["small", quota]]) });
const small = (store: SegmentStore) => store.seenBy({ namespace: "small", seesAll: false });
const newSession = (store: SegmentStore, n: number) => aSegment(store, { session: session(n), segment: segment(100 + n) });

/** Quotas of namespaces, and what they are counted by. */
export function keepingQuotas(open: StoreFactory): void {
  describe("a quota", () => {
    test("of sessions stops the next one, at once and after a restart, and a deletion gives back", async () => {
      const stores = await open({ quotas: quotas({ sessionsMax: 3 }) });
      for (const n of [1, 2, 3]) await newSession(small(stores.store), n);

      for await (const store of overRestart(stores)) {
        const refused = { reason: "QUOTA_EXCEEDED", metadata: { namespace_id: "small", quota: "sessions_max", limit: "3", used: "3" } };
        await expect(newSession(small(store), 4)).rejects.toMatchObject(refused);
        await expect(fork(small(store), segment(101), segment(200))).resolves.toMatchObject({ sessionId: session(1) });
        await done(store.deleteSegment({ segmentId: segment(200) }));
        await newSession(store, 9);
        await done(store.deleteSession({ sessionId: session(9) }));
      }
      const { store } = stores;
      await done(small(store).deleteSession({ sessionId: session(2) }));
      await newSession(small(store), 5);
      await expect(newSession(small(store), 6)).rejects.toMatchObject({ reason: "QUOTA_EXCEEDED" });
      expect(await small(store).namespaceUse()).toMatchObject({ sessionCount: 3 });
    });

    test("of bytes counts entries and traces, and gives back what is cut off or deleted", async () => {
      const stores = await open({ quotas: quotas({ bytesMax: 5000 }) });
      await newSession(small(stores.store), 1);
      await append(small(stores.store), segment(101), [said("x".repeat(2000))]);
      await small(stores.store).appendTrace(segment(101), [{ bytes: Buffer.alloc(2000), hasTime: true }]);
      const large = (store: SegmentStore) => append(small(store), segment(101), [said("x".repeat(1500))]);

      for await (const store of overRestart(stores)) {
        const { byteSize, traceByteSize } = await store.getSegment(segment(101));
        expect(await small(store).namespaceUse()).toEqual({ sessionCount: 1, byteSize: byteSize + traceByteSize });
        await expect(large(store)).rejects.toMatchObject({ reason: "QUOTA_EXCEEDED", metadata: { quota: "bytes_max", limit: "5000" } });
        await expect(append(small(store), segment(101), [said("a few")])).resolves.toMatchObject({ forked: false });
      }
      const { store } = stores;
      await done(small(store).truncateSegment({ segmentId: segment(101), entryCount: 1, precondition: {} }));
      await large(store);
      await newSession(small(store), 2);
      await expect(large(store)).rejects.toMatchObject({ reason: "QUOTA_EXCEEDED" });
      await done(small(store).deleteSession({ sessionId: session(1) }));
      const { byteSize } = await store.getSegment(segment(102));
      expect(await small(store).namespaceUse()).toEqual({ sessionCount: 1, byteSize });
      await done(small(store).deleteSegment({ segmentId: segment(102) }));
      expect(await small(store).namespaceUse()).toEqual({ sessionCount: 1, byteSize: 0 });
    });

    test("is that of the namespace that grows, whoever adds to it", async () => {
      const { store } = await open({ quotas: quotas({ bytesMax: 500 }) });
      await newSession(small(store), 1);

      await expect(append(store, segment(101), [said("x".repeat(600))])).rejects.toMatchObject({
        reason: "QUOTA_EXCEEDED",
        metadata: { namespace_id: "small" },
      });
      await newSession(store, 2);
      await expect(append(store, segment(102), [said("x".repeat(600))])).resolves.toMatchObject({ firstIndex: 1 });
    });

    test("of entries a second lets one second's worth come at once, and says when more may come", async () => {
      const { store } = await open({ quotas: quotas({ entriesPerSecondMax: 5 }) });
      await newSession(small(store), 1);
      await append(small(store), segment(101), saidTimes(10));

      const refused = await append(small(store), segment(101), [said("more")]).catch((error: unknown) => error);

      expect(refused).toMatchObject({ reason: "QUOTA_EXCEEDED", metadata: { quota: "entries_per_second_max", limit: "5" } });
      expect(refused).toHaveProperty("retryAfterMs", expect.any(Number));
      await newSession(store, 2);
      await append(store, segment(102), saidTimes(100));
    });

    test("that refuses a write leaves no trace of it", async () => {
      const { store } = await open({ quotas: quotas({ sessionsMax: 1 }) });
      await newSession(small(store), 1);
      const { headPosition } = store;
      const create = { sessionId: session(2), segmentId: segment(102), session: "any", opening: openingOf(session(2)) } as const;

      const outcomes = await Promise.allSettled([
        append(small(store), segment(101), [said("before")]),
        small(store).createSegment(create),
        append(small(store), segment(101), [said("after")]),
      ]);

      expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(store.headPosition).toBe(headPosition + 2);
      expect(await store.listSessions({ limit: 10 })).toHaveLength(1);
    });

    test("where there is none, nothing is counted", async () => {
      const { store } = await open();
      await newSession(store, 1);

      expect(await store.namespaceUse()).toBeUndefined();
    });
  });
}
