import { describe, expect, test } from "vitest";
import { idBytes } from "../../../src/model/id.js";
import type { FeedScope } from "../../../src/store/feed.js";
import { key, TABLE } from "../../../src/store/lmdb/tables/keys.js";
import type { SegmentStore } from "../../../src/store/segment-store.js";
import { said, segment, session, turnEnd } from "../contract/sample-entries.js";
import { readAll, readFeedWhole } from "../contract/whole-reads.js";
import { append, appendOf, aSegment, done, fork, remember } from "../contract/writes.js";
import { type ClosedStore, closedStore } from "./closed-store.js";

const scopes: readonly FeedScope[] = [
  { type: "store" },
  { type: "session", sessionId: session(1) },
  { type: "segment", sessionId: session(1), segmentId: segment(100) },
];

/** Entries 1 to 5 of segment 100 stand at positions 2 to 6: a unit of two, one of two, one of one. */
async function fill(store: SegmentStore): Promise<void> {
  await aSegment(store);
  await append(store, segment(100), [said("one"), turnEnd(1n)]);
  await append(store, segment(100), [said("three"), turnEnd(2n)]);
  await append(store, segment(100), [said("five")]);
}

describe("a damaged record", () => {
  const ofIndex3 = key(TABLE.feed, 4);

  test("is reported with segment and index, whichever byte of it was flipped, and never read", async () => {
    const closed = await closedStore(fill);
    const value = await closed.valueOf(ofIndex3);

    for (let byte = 0; byte < value.length; byte++) {
      closed.flip(value, byte);
      const store = await closed.open();
      const damaged = { reason: "CHECKSUM_MISMATCH", metadata: { segment_id: segment(100), index: "3" } };
      await expect(readAll(store, segment(100))).rejects.toMatchObject(damaged);
      for (const scope of scopes) await expect(readFeedWhole(store, scope)).rejects.toMatchObject(damaged);
      await store.close();
      closed.flip(value, byte);
    }

    const mended = await closed.open();
    expect(await readAll(mended, segment(100))).toHaveLength(6);
  });

  test("keeps nobody from what stands around it", async () => {
    const closed = await closedStore(fill);
    const value = await closed.valueOf(ofIndex3);
    closed.flip(value, value.length - 1);
    const store = await closed.open();

    expect(await readAll(store, segment(100), { toIndex: 3 })).toHaveLength(3);
    expect(await readAll(store, segment(100), { fromIndex: 5 })).toHaveLength(1);
    expect(await append(store, segment(100), [said("six")])).toMatchObject({ firstIndex: 6, headPosition: 7 });
    for (const scope of scopes) expect(await readFeedWhole(store, scope, { afterPosition: 6 })).toHaveLength(1);
    expect(await fork(store, segment(100), segment(101))).toMatchObject({ base: { entryCount: 7 } });
    const inside = store.truncateSegment({ segmentId: segment(100), entryCount: 4, precondition: {} });
    await expect(inside).rejects.toMatchObject({ reason: "HAS_DEPENDENTS" });
    await done(store.deleteSegment({ segmentId: segment(101) }));
    const cut = store.truncateSegment({ segmentId: segment(100), entryCount: 4, precondition: {} });
    await expect(cut).rejects.toMatchObject({ reason: "CHECKSUM_MISMATCH", metadata: { segment_id: segment(100), index: "3" } });
    await done(store.deleteSession({ sessionId: session(1) }));
    expect(await aSegment(store)).toMatchObject({ entryCount: 1 });
  });

  test("at the very end of the feed keeps no store from opening, and its positions from being used again", async () => {
    const closed = await closedStore(async (store) => {
      await fill(store);
      await append(store, segment(100), [said("six"), said("seven")]);
    });
    const value = await closed.valueOf(key(TABLE.feed, 7));
    closed.flip(value, 30);

    const store = await closed.open();

    expect(store.headPosition).toBe(8);
    expect(await append(store, segment(100), [said("eight")])).toMatchObject({ firstIndex: 8, headPosition: 9 });
    await expect(readAll(store, segment(100), { fromIndex: 7 })).rejects.toMatchObject({ metadata: { index: "6" } });
  });
});

describe("a damaged pointer into the feed", () => {
  const start = key(TABLE.segmentIndex, idBytes(segment(100)), 3);

  test.each([0n, 1n, 2n, 3n, 5n, 6n, 7n, 2n ** 40n, 2n ** 63n])(
    "to position %i instead of 4 is noticed by whoever would follow it",
    async (position) => {
      const closed = await closedStore(fill);
      const wrong = Buffer.alloc(8);
      wrong.writeBigUInt64BE(position);
      await closed.put(start, wrong);
      const store = await closed.open();

      await expect(readAll(store, segment(100))).rejects.toMatchObject({
        reason: "CHECKSUM_MISMATCH",
        metadata: { segment_id: segment(100), index: "3" },
      });
      await expect(store.positionOf(segment(100), 3)).rejects.toMatchObject({ reason: "CHECKSUM_MISMATCH" });
      for (const scope of scopes.slice(1)) {
        for (let afterPosition = 0; afterPosition < 5; afterPosition++) {
          await expect(readFeedWhole(store, scope, { afterPosition })).rejects.toMatchObject({ reason: "CHECKSUM_MISMATCH" });
        }
      }
      expect(await readFeedWhole(store, { type: "store" })).toHaveLength(6);
    },
  );

  test("that is missing is noticed too", async () => {
    const closed = await closedStore(fill);
    await closed.remove(start);
    const store = await closed.open();

    for (const range of [{}, { backward: true }, { fromIndex: 3, toIndex: 4 }, { fromIndex: 4 }]) {
      await expect(readAll(store, segment(100), range)).rejects.toMatchObject({ reason: "CHECKSUM_MISMATCH" });
    }
    for (const scope of scopes.slice(1)) {
      await expect(readFeedWhole(store, scope)).rejects.toMatchObject({ reason: "CHECKSUM_MISMATCH", metadata: { index: "3" } });
    }
  });
});

describe("damage elsewhere", () => {
  test("that loses a head is told by the lists that its session is in", async () => {
    const closed = await closedStore(fill);
    await closed.remove(key(TABLE.segmentHeads, idBytes(segment(100))));
    const store = await closed.open();

    const damaged = { reason: "CHECKSUM_MISMATCH", metadata: { segment_id: segment(100) } };
    await expect(store.getSession(session(1))).rejects.toMatchObject(damaged);
    await expect(store.listSegments({ sessionId: session(1), limit: 10 })).rejects.toMatchObject(damaged);
  });

  test("of what is kept about a segment is reported with the segment", async () => {
    const { store } = await flipped(fill, key(TABLE.segmentHeads, idBytes(segment(100))));
    const damaged = { reason: "CHECKSUM_MISMATCH", metadata: { segment_id: segment(100) } };

    await expect(store.getSegment(segment(100))).rejects.toMatchObject(damaged);
    await expect(append(store, segment(100), [said("x")])).rejects.toMatchObject(damaged);
    await expect(store.readEntries({ segmentId: segment(100), fromIndex: 0, toIndex: 1, bytesMax: 1 })).rejects.toMatchObject(damaged);
    await expect(store.deleteSession({ sessionId: session(1) })).rejects.toMatchObject(damaged);
    expect(await aSegment(store, { session: session(2), segment: segment(200) })).toMatchObject({ entryCount: 1 });
  });

  test("of a turn is reported when that turn is asked for, and goes with its segment", async () => {
    const { store } = await flipped(fill, key(TABLE.turns, idBytes(segment(100)), 2));
    const at = (turn: bigint) => store.resolvePoint(segment(100), { turn, onMissingTurn: "fail" });

    await expect(at(2n)).rejects.toMatchObject({ reason: "CHECKSUM_MISMATCH", metadata: { segment_id: segment(100) } });
    expect(await at(1n)).toMatchObject({ entryCount: 3 });
    await done(store.truncateSegment({ segmentId: segment(100), entryCount: 3, precondition: {} }));
    await expect(at(2n)).rejects.toMatchObject({ reason: "CHECKSUM_MISMATCH" });
    await done(store.deleteSegment({ segmentId: segment(100) }));
    await aSegment(store);
    await expect(at(2n)).rejects.toMatchObject({ reason: "TURN_NOT_FOUND" });
  });

  test("of a trace is reported with segment and index", async () => {
    const withTrace = async (store: SegmentStore) => {
      await fill(store);
      for (let i = 0; i < 3; i++) await store.appendTrace(segment(100), [{ bytes: Buffer.from([0x10, i]), hasTime: true }]);
    };
    const { store } = await flipped(withTrace, key(TABLE.traces, idBytes(segment(100)), 1));
    const read = (fromIndex: number) => store.readTrace({ segmentId: segment(100), fromIndex, limit: 10, bytesMax: 1000 });

    await expect(read(0)).rejects.toMatchObject({ reason: "CHECKSUM_MISMATCH", metadata: { segment_id: segment(100), index: "1" } });
    expect((await read(2)).entries).toHaveLength(1);
  });

  test("of a remembered answer refuses the retry, and does not write again", async () => {
    const asked = async (store: SegmentStore) => {
      await fill(store);
      await done(store.append(appendOf(segment(100), [said("once")]), remember("the id")));
    };
    const closed = await closedStore(asked);
    const [found] = await closed.keysOf(TABLE.requestIds);
    closed.flip(await closed.valueOf(found ?? Buffer.alloc(0)), 9);
    const store = await closed.open();

    const again = store.append(appendOf(segment(100), [said("once")]), remember("the id"));

    await expect(again).rejects.toMatchObject({ reason: "CHECKSUM_MISMATCH" });
    expect(await store.getSegment(segment(100))).toMatchObject({ entryCount: 7 });
  });

  test("of an event is reported in the feeds that have it", async () => {
    const withEvent = async (store: SegmentStore) => {
      await fill(store);
      await done(store.truncateSegment({ segmentId: segment(100), entryCount: 2, precondition: {} }));
      await append(store, segment(100), [said("behind it")]);
    };
    const { store } = await flipped(withEvent, key(TABLE.feed, 7));

    for (const scope of scopes) await expect(readFeedWhole(store, scope)).rejects.toMatchObject({ reason: "CHECKSUM_MISMATCH" });
    expect(await readAll(store, segment(100))).toHaveLength(3);
  });
});

/** A store in which a byte of the value under a key is flipped. */
async function flipped(
  made: (store: SegmentStore) => Promise<void>,
  at: Buffer,
): Promise<{ readonly closed: ClosedStore; readonly store: SegmentStore }> {
  const closed = await closedStore(made);
  closed.flip(await closed.valueOf(at), 4);
  return { closed, store: await closed.open() };
}
