import { describe, expect, onTestFinished, test } from "vitest";
import { parseSegmentId, parseSessionId, type SegmentId } from "../../../../src/model/id.js";
import { DEFAULT_LIMITS } from "../../../../src/model/limits.js";
import { openingOfState } from "../../../../src/model/opening.js";
import type { FeedItem, FeedScope } from "../../../../src/store/feed.js";
import type { SegmentStore } from "../../../../src/store/segment-store.js";
import { extension, turnEnd } from "../../../support/entries.js";
import { openHeldStore } from "../../../support/held-store.js";
import { entriesIn } from "../../../tail/laws/mirror.js";
import { newEntry } from "../../../tail/laws/writers.js";

const SESSION = parseSessionId("01JD000000000000000000000A");
const OTHER_SESSION = parseSessionId("01JD000000000000000000000D");
const SEGMENT = parseSegmentId("01JD000000000000000000000B");
const SIBLING = parseSegmentId("01JD000000000000000000000C");

const SCOPES: FeedScope[] = [
  { type: "store" },
  { type: "session", sessionId: SESSION },
  { type: "segment", sessionId: SESSION, segmentId: SEGMENT },
];

describe.each(SCOPES)("the feed of a $type", (scope) => {
  test.each([1, 64, 100, 300, 1000, 10_000])("read %d bytes at a time gives every entry once", async (bytesMax) => {
    const { store } = await aStore();
    for (let i = 0; i < 5; i++) {
      await append(store, SEGMENT, [
        extension("a", `"${"x".repeat(150)}"`),
        turnEnd(1n),
        extension("a", `"${"y".repeat(400)}"`),
        turnEnd(2n),
      ]);
      await append(store, SEGMENT, [turnEnd(3n)]);
    }

    const items = await pagesOf(store, scope, bytesMax);

    const positions = items.flatMap((item) => (item.type === "entries" ? entriesIn(item).map(({ position }) => position) : []));
    expect(positions).toEqual(Array.from({ length: 26 }, (_, i) => i + 1));
  });

  test("begins anywhere: inside a record, behind one, behind what was cut off", async () => {
    const { store } = await aStore();
    await append(store, SEGMENT, [1n, 2n, 3n, 4n, 5n].map(turnEnd));
    await store.truncateSegment({ segmentId: SEGMENT, entryCount: 3, precondition: {} });
    await append(store, SEGMENT, [turnEnd(6n), turnEnd(7n)]);

    for (let after = 0; after <= 9; after++) {
      const items = await pagesOf(store, scope, 1, after);
      const expected = [1, 2, 3, 7, 8, 9].filter((position) => position > after);
      expect(items.map((item) => (item.type === "entries" ? item.firstPosition : item.position))).toEqual(expected);
    }
  });
});

test("a session of many segments gives them merged by position, from anywhere", async () => {
  const { store } = await aStore();
  const segmentIds = Array.from({ length: 24 }, (_, i) => parseSegmentId(`01JD0000000000000000000M${String(i).padStart(2, "0")}`));
  for (const segmentId of segmentIds) await create(store, segmentId);
  await create(store, SIBLING, OTHER_SESSION);
  const elsewhere = new Set([store.headPosition]);
  for (let i = 0; i < 60; i++) {
    await append(store, segmentIds[(i * 7) % 24]!, [1n, 2n, 3n].slice(0, 1 + (i % 3)).map(turnEnd));
    if (i % 4 !== 0) continue;
    await append(store, SIBLING, [turnEnd(1n)]);
    elsewhere.add(store.headPosition);
  }
  const scope = { type: "session", sessionId: SESSION } as const;

  for (const bytesMax of [1, 500, 2 ** 20]) {
    for (const after of [0, 1, 30, 40, 41, 42, 43, store.headPosition - 1]) {
      const items = await pagesOf(store, scope, bytesMax, after);
      const positions = items.flatMap((item) => (item.type === "entries" ? entriesIn(item).map(({ position }) => position) : []));
      const all = Array.from({ length: store.headPosition - after }, (_, i) => after + 1 + i);
      expect(positions).toEqual(all.filter((position) => !elsewhere.has(position)));
    }
  }
});

test("what is being removed does not make a page long: it ends, and the next one goes on", async () => {
  const { store, purgeAll } = await aStore();
  for (let i = 0; i < 30; i++) await append(store, SEGMENT, [extension("a", `"${"x".repeat(1000)}"`)]);
  await create(store, SIBLING);
  await store.deleteSegment({ segmentId: SEGMENT });

  const range = {
    scope: { type: "store" } as const,
    afterPosition: 0,
    upToPosition: store.headPosition,
    eventsAfterPosition: 0,
    bytesMax: 5000,
  };
  const first = await store.readFeed(range);
  const all = await pagesOf(store, range.scope, range.bytesMax);
  await purgeAll();
  const afterwards = await store.readFeed(range);

  expect(first.items).toEqual([]);
  expect(first.position).toBeLessThan(10);
  expect(all.map(({ type }) => type)).toEqual(["entries", "segmentDeleted"]);
  expect(afterwards).toEqual({ items: all, position: store.headPosition });
});

async function aStore() {
  const held = openHeldStore();
  onTestFinished(held.close);
  await create(held.store, SEGMENT);
  return held;
}

async function create(store: SegmentStore, segmentId: SegmentId, sessionId = SESSION): Promise<void> {
  const opening = [openingOfState({ sessionId, history: [] }, DEFAULT_LIMITS)];
  await store.createSegment({ sessionId, segmentId, session: "any", opening });
}

async function append(store: SegmentStore, segmentId: SegmentId, inits: Parameters<typeof newEntry>[0][]): Promise<void> {
  await store.append({ segmentId, entries: inits.map(newEntry), precondition: {}, onConflict: { fork: false } });
}

/** What all pages have, from a position to the head. */
async function pagesOf(store: SegmentStore, scope: FeedScope, bytesMax: number, afterPosition = 0): Promise<readonly FeedItem[]> {
  const items: FeedItem[] = [];
  const upToPosition = store.headPosition;
  for (let position = afterPosition; position < upToPosition; ) {
    const page = await store.readFeed({ scope, afterPosition: position, upToPosition, eventsAfterPosition: 0, bytesMax });
    expect(page.position).toBeGreaterThan(position);
    items.push(...page.items);
    position = page.position;
  }
  return items;
}
