import { openLmdbStore } from "../../../src/store/lmdb/open-lmdb-store.js";
import type { SegmentStore } from "../../../src/store/segment-store.js";
import { said, segment, session } from "../../store/contract/sample-entries.js";
import { append, aSegment, fork } from "../../store/contract/writes.js";
import { ownClock } from "./clock.js";
import { type Asked, readEverything } from "./read-everything.js";

/*
 * A program that is forked: opens the stores that it is told of, one after the other, asks each everything, then writes to
 * it. It stands for a daemon: whatever stands in a file that it was let open must not end it.
 */
process.on("message", ({ dir, asked, writes }: { dir: string; asked: Asked; writes: boolean }) => {
  void look(dir, asked, writes).then(
    (answers) => process.send?.({ answers }),
    (error: unknown) => process.send?.({ error: String(error instanceof Error ? error.stack : error) }),
  );
});

async function look(dir: string, asked: Asked, writes: boolean) {
  const store = await openLmdbStore({ dir, newId: () => "01JD00000000000000000000ZZ", allowDamaged: true, ...ownClock() });
  try {
    const answers = await readEverything(store, asked);
    if (writes) await writeSome(store, asked);
    return answers;
  } finally {
    await store.close();
  }
}

/** What is damaged may refuse a write; what was not must take it. */
async function writeSome(store: SegmentStore, { segments, sessions }: Asked): Promise<void> {
  const refused = () => undefined;
  for (const segmentId of segments) for (let i = 0; i < 3; i++) await append(store, segmentId, [said("x".repeat(500 * i))]).catch(refused);
  await fork(store, segments[0] ?? segment(0), segment(900)).catch(refused);
  for (const sessionId of sessions.slice(1)) await store.deleteSession({ sessionId }).catch(refused);
  const made = await aSegment(store, { session: session(9), segment: segment(901), entries: [said("new")] });
  if (made.entryCount !== 2) throw new Error(`a new segment has ${made.entryCount} entries, and was given 2`);
}
