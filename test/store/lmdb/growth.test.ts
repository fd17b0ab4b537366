import { expect, test } from "vitest";
import { said, segment, session } from "../contract/sample-entries.js";
import { append, aSegment, done } from "../contract/writes.js";
import { openedForTest } from "./lmdb-stores.js";

test("pages that are read to their end pin nothing: the file does not grow for them", async () => {
  const { store } = await openedForTest();
  for (let n = 0; n < 3; n++) await aSegment(store, { segment: segment(n) });
  await aSegment(store, { segment: segment(100) });
  const scope = { type: "session", sessionId: session(1) } as const;

  for (let i = 0; i < 150; i++) {
    await append(store, segment(100), [said("x".repeat(3000))]);
    // A page of one entry leaves the other segments of the session in the middle.
    await store.readFeed({ scope, afterPosition: 0, upToPosition: store.headPosition, eventsAfterPosition: 0, bytesMax: 1 });
    await done(store.truncateSegment({ segmentId: segment(100), entryCount: 1, precondition: {} }));
  }

  const { byteSize } = await store.status();
  expect(byteSize).toBeLessThan(600_000);
});
