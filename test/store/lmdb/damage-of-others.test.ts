import { expect, test } from "vitest";
import { idBytes } from "../../../src/model/id.js";
import { key, TABLE } from "../../../src/store/lmdb/tables/keys.js";
import type { SegmentStore } from "../../../src/store/segment-store.js";
import { said, segment, session } from "../contract/sample-entries.js";
import { inShort, readAll, readFeedWhole } from "../contract/whole-reads.js";
import { append, aSegment, done } from "../contract/writes.js";
import { closedStore } from "./closed-store.js";

const OF_A = { namespace: "team-a", seesAll: false };
const OF_B = { namespace: "team-b", seesAll: false };

/** Positions 1 and 3 are of team a, 2 and 4 of team b. */
async function fill(store: SegmentStore): Promise<void> {
  const [a, b] = [store.seenBy(OF_A), store.seenBy(OF_B)];
  await aSegment(a, { session: session(1), segment: segment(101) });
  await aSegment(b, { session: session(2), segment: segment(102) });
  await append(a, segment(101), [said("of a")]);
  await append(b, segment(102), [said("of b")]);
}

test("a damaged record stops those who see whose it is; others pass over it, and are told of nobody", async () => {
  const closed = await closedStore(fill);
  const value = await closed.valueOf(key(TABLE.feed, 3));
  closed.flip(value, value.length - 1);

  const store = await closed.open();

  const damaged = { reason: "CHECKSUM_MISMATCH", metadata: { segment_id: segment(101), index: "1" } };
  await expect(readFeedWhole(store, { type: "store" })).rejects.toMatchObject(damaged);
  await expect(readFeedWhole(store.seenBy(OF_A), { type: "store" })).rejects.toMatchObject(damaged);
  for (const afterPosition of [0, 1, 2, 3]) {
    const seen = await readFeedWhole(store.seenBy(OF_B), { type: "store" }, { afterPosition });
    expect(inShort(seen)).toEqual(["2 entry 0", "4 entry 1"].slice(afterPosition < 2 ? 0 : 1));
  }
});

test("a damaged head or session is damage to its namespace, and not there for others", async () => {
  const closed = await closedStore(fill);
  for (const damagedKey of [key(TABLE.segmentHeads, idBytes(segment(101))), key(TABLE.sessions, idBytes(session(1)))]) {
    closed.flip(await closed.valueOf(damagedKey), 2);
  }

  const store = await closed.open();

  const b = store.seenBy(OF_B);
  await expect(b.getSegment(segment(101))).rejects.toMatchObject({ reason: "SEGMENT_NOT_FOUND" });
  await expect(append(b, segment(101), [said("x")])).rejects.toMatchObject({ reason: "SEGMENT_NOT_FOUND" });
  await expect(b.getSession(session(1))).rejects.toMatchObject({ reason: "SESSION_NOT_FOUND" });
  await expect(done(b.deleteSession({ sessionId: session(1) }))).rejects.toMatchObject({ reason: "SESSION_NOT_FOUND" });
  expect(await readAll(b, segment(102))).toHaveLength(2);
  expect(inShort(await readFeedWhole(b, { type: "store" }))).toEqual(["2 entry 0", "4 entry 1"]);
  for (const sight of [OF_A, { namespace: "default", seesAll: true }]) {
    await expect(store.seenBy(sight).getSegment(segment(101))).rejects.toMatchObject({ reason: "CHECKSUM_MISMATCH" });
    await expect(store.seenBy(sight).getSession(session(1))).rejects.toMatchObject({ reason: "CHECKSUM_MISMATCH" });
  }
});
