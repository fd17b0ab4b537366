import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { DEFAULT_LIMITS } from "../../../src/model/limits.js";
import { openingOfState } from "../../../src/model/opening.js";
import type { FeedRange, FeedScope } from "../../../src/store/feed.js";
import { follow, type TailStep } from "../../../src/tail/follow.js";
import { TailHub } from "../../../src/tail/tail-hub.js";
import { userInput } from "../../support/entries.js";
import { type HeldStore, openHeldStore } from "../../support/held-store.js";
import { newEntry, SEGMENTS, SESSIONS } from "./writers.js";

const [, OWN, OTHER] = SEGMENTS;

test.each<[string, FeedScope]>([
  ["a segment", { type: "segment", sessionId: SESSIONS[0], segmentId: OWN }],
  ["a session", { type: "session", sessionId: SESSIONS[0] }],
])("what is committed between an empty read and the wait is not missed by a tail of %s", async (_, scope) => {
  const { store, close } = openHeldStore();
  onTestFinished(close);
  await createSegment(store, 0);
  await createSegment(store, 1);
  const { headPosition: ownHead } = await store.getSegment(OWN);
  let emptyReads = 0;
  const source = {
    get headPosition() {
      return store.headPosition;
    },
    async readFeed(range: FeedRange) {
      const page = await store.readFeed(range);
      if (page.items.length > 0) return page;
      // The commit lands here: behind a read that found nothing, ahead of the wait.
      emptyReads++;
      await appendTo(store, OWN);
      return page;
    },
  };
  const ending = new AbortController();
  const watch = new TailHub(store, { tailsMax: 1, tailsPerConnectionMax: 1 }).watch(scope);
  const watched = {
    get version() {
      return watch.version;
    },
    close: () => watch.close(),
    // A wait that is not over at once would be one for a commit that has been.
    changedFrom: (...args: Parameters<typeof watch.changedFrom>) =>
      Promise.race([watch.changedFrom(...args), setImmediate().then(() => ending.abort())]),
  };
  const start = { scope, afterPosition: ownHead, eventsAfterPosition: ownHead, headPosition: store.headPosition };

  const tail = follow(source, watched, start, { kinds: undefined, heartbeatMs: 1e6, signal: ending.signal });
  const types: TailStep["type"][] = [];
  for await (const { type } of tail) if (types.push(type) === 2) break;

  expect(emptyReads).toBe(1);
  expect(types).toEqual(["caughtUp", "entries"]);
});

async function createSegment(store: HeldStore["store"], i: 0 | 1): Promise<void> {
  const sessionId = SESSIONS[i];
  const opening = [openingOfState({ sessionId, history: [] }, DEFAULT_LIMITS)];
  await store.createSegment({ sessionId, segmentId: i === 0 ? OWN : OTHER, session: "new", opening });
}

async function appendTo(store: HeldStore["store"], segmentId: typeof OWN): Promise<void> {
  await store.append({ segmentId, entries: [newEntry(userInput("in between"))], precondition: {}, onConflict: { fork: false } });
}
