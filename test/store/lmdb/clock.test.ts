import { expect, test } from "vitest";
import { said, segment, session } from "../contract/sample-entries.js";
import { append, aSegment } from "../contract/writes.js";
import { openedForTest } from "./lmdb-stores.js";

test("a clock that runs backwards changes no order: positions grow, lists go by id", async () => {
  let nowMs = 2_000_000_000_000;
  const { store } = await openedForTest({ nowMs: () => nowMs });
  const scope = { type: "store" } as const;

  for (let i = 0; i < 5; i++) {
    nowMs -= 3_600_000;
    await aSegment(store, { session: session(1 + i), segment: segment(100 + i), entries: [said(`${i}`)] });
    await append(store, segment(100), [said(`again ${i}`)]);
  }

  const { items } = await store.readFeed({
    scope,
    afterPosition: 0,
    upToPosition: store.headPosition,
    eventsAfterPosition: 0,
    bytesMax: 1_000_000,
  });
  const positions = items.map((item) => (item.type === "entries" ? item.firstPosition : item.position));
  expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  expect(positions).toHaveLength(15);
  expect((await store.listSegments({ limit: 10 })).map(({ segmentId }) => segmentId)).toEqual([104, 103, 102, 101, 100].map(segment));
  expect((await store.getSegment(segment(100))).entryCount).toBe(7);
});
