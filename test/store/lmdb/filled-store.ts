import type { SegmentStore } from "../../../src/store/segment-store.js";
import { said, saidTimes, segment, session, turnEnd } from "../contract/sample-entries.js";
import { append, appendOf, aSegment, done, fork, remember } from "../contract/writes.js";

/** Fills a store with something for every table: forks, turns, a trace, a request id, a truncation, deletions, and a large record. */
export async function fillEveryTable(store: SegmentStore): Promise<void> {
  await aSegment(store, { history: 2 });
  await append(store, segment(100), [said("one"), turnEnd(1n), said("x".repeat(9000))]);
  await done(store.append(appendOf(segment(100), [said("two"), turnEnd(2n)]), remember("a request")));
  await fork(store, segment(100), segment(101));
  await append(store, segment(101), saidTimes(5));
  await store.truncateSegment({ segmentId: segment(101), entryCount: 3, precondition: {} });
  for (let i = 0; i < 3; i++) await store.appendTrace(segment(100), [{ bytes: Buffer.from([0x10, i]), hasTime: true }]);
  await aSegment(store, { session: session(2), segment: segment(200), entries: saidTimes(60, "y".repeat(300)) });
  await aSegment(store, { session: session(3), segment: segment(300) });
  await done(store.deleteSession({ sessionId: session(3) }));
}
