import { expect, test } from "vitest";
import type { FeedPage, FeedRange, FeedScope } from "../../src/store/feed.js";
import { SharedPages } from "../../src/tail/shared-pages.js";
import { segment, session } from "../store/contract/sample-entries.js";

const STORE: FeedScope = { type: "store" };
const BYTES_MAX = 1 << 20;

test("who comes to the same place gets the page that was read for the one before", async () => {
  const { feed, reads } = sharedPages();

  const first = await feed.readFeed({ scope: STORE, afterPosition: 10, upToPosition: 20, eventsAfterPosition: 0, bytesMax: BYTES_MAX });
  const second = await feed.readFeed({ scope: STORE, afterPosition: 10, upToPosition: 30, eventsAfterPosition: 7, bytesMax: BYTES_MAX });

  expect(second).toBe(first);
  expect(reads).toHaveLength(1);
});

test.each<[string, Partial<FeedRange>]>([
  ["begins elsewhere", { afterPosition: 11 }],
  ["is told of fewer events", { eventsAfterPosition: 12 }],
  ["takes smaller pages", { bytesMax: 100 }],
  ["follows a session", { scope: { type: "session", sessionId: session(1) } }],
  ["follows a segment", { scope: { type: "segment", sessionId: session(1), segmentId: segment(1) } }],
  ["asks for less than the page has", { upToPosition: 15 }],
])("who %s has a page of his own", async (_, other) => {
  const { feed, reads } = sharedPages();
  const range = { scope: STORE, afterPosition: 10, upToPosition: 20, eventsAfterPosition: 0, bytesMax: BYTES_MAX };

  const first = await feed.readFeed(range);
  const second = await feed.readFeed({ ...range, ...other });

  expect(second).not.toBe(first);
  expect(reads).toHaveLength(2);
});

test("no more than 4 MiB of entries are kept, and the newest are", async () => {
  const { feed, reads } = sharedPages({ pageBytes: 1 << 20 });
  const readFrom = (afterPosition: number) =>
    feed.readFeed({ scope: STORE, afterPosition, upToPosition: 1000, eventsAfterPosition: 0, bytesMax: BYTES_MAX });

  for (let position = 0; position < 5; position++) await readFrom(position);
  reads.length = 0;
  for (let position = 4; position >= 0; position--) await readFrom(position);

  expect(reads.map(({ afterPosition }) => afterPosition)).toEqual([0]);
});

test("what was read before something was cut off is given to nobody after it, nor what is read meanwhile", async () => {
  const { feed, source, reads } = sharedPages();
  const range = { scope: STORE, afterPosition: 10, upToPosition: 20, eventsAfterPosition: 0, bytesMax: BYTES_MAX };

  for (const epoch of [1, undefined, undefined, 2, 2]) {
    source.feedEpoch = epoch;
    await feed.readFeed(range);
  }

  expect(reads).toHaveLength(4);
});

test("who asks while a page is being read waits for that one", async () => {
  const { feed, reads } = sharedPages();
  const range = { scope: STORE, afterPosition: 10, upToPosition: 20, eventsAfterPosition: 0, bytesMax: BYTES_MAX };

  const pages = await Promise.all([feed.readFeed(range), feed.readFeed(range), feed.readFeed(range)]);

  expect(new Set(pages).size).toBe(1);
  expect(reads).toHaveLength(1);
});

test("who sees something else reads pages of their own, of the same place in the same scope", async () => {
  const { feed, source, reads } = sharedPages();
  const range = { scope: STORE, afterPosition: 10, upToPosition: 20, eventsAfterPosition: 0, bytesMax: BYTES_MAX };
  const seenBy = (namespace: string, seesAll: boolean) => feed.seenBy({ namespace, seesAll }, source).readFeed(range);

  const pages = [
    await feed.readFeed(range),
    await seenBy("a", false),
    await seenBy("a", false),
    await seenBy("b", false),
    await seenBy("b", true),
  ];

  expect(pages.map((page) => pages.indexOf(page))).toEqual([0, 1, 1, 3, 0]);
  expect(reads).toHaveLength(3);
});

test("a page that was being read when a removal began is given to nobody who asks then", async () => {
  const { feed, source, reads } = sharedPages();
  const range = { scope: STORE, afterPosition: 10, upToPosition: 20, eventsAfterPosition: 0, bytesMax: BYTES_MAX };
  const reading = feed.readFeed(range);
  source.feedEpoch = 2;

  const second = await feed.readFeed(range);

  expect(second).not.toBe(await reading);
  expect(reads).toHaveLength(2);
});

test("a read that failed is tried again", async () => {
  let isBroken = true;
  const feed = new SharedPages({
    headPosition: 20,
    feedEpoch: 1,
    readFeed: async ({ upToPosition }) => {
      if (isBroken) throw new Error("broken");
      return { items: [], position: upToPosition };
    },
  });
  const range = { scope: STORE, afterPosition: 10, upToPosition: 20, eventsAfterPosition: 0, bytesMax: BYTES_MAX };
  await expect(feed.readFeed(range)).rejects.toThrow("broken");

  isBroken = false;

  await expect(feed.readFeed(range)).resolves.toEqual({ items: [], position: 20 });
});

/** Pages of a feed of one run, which notes what it is asked for. */
function sharedPages({ pageBytes = 10 } = {}) {
  const reads: FeedRange[] = [];
  const source = {
    headPosition: 1000,
    feedEpoch: 1 as number | undefined,
    readFeed: async (range: FeedRange): Promise<FeedPage> => {
      reads.push(range);
      const run = { sessionId: session(1), segmentId: segment(1), firstIndex: 0, firstPosition: range.afterPosition + 1, count: 1 };
      return { items: [{ type: "entries", ...run, frames: new Uint8Array(pageBytes) }], position: range.upToPosition };
    },
  };
  return { feed: new SharedPages(source), source, reads };
}
