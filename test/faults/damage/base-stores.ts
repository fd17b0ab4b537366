import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DATA_FILE } from "../../../src/store/lmdb/engine.js";

import { openLmdbStore } from "../../../src/store/lmdb/open-lmdb-store.js";
import type { SegmentStore } from "../../../src/store/segment-store.js";
import { runCompleted, said, saidTimes, segment, session, turnEnd } from "../../store/contract/sample-entries.js";
import { append, appendOf, aSegment, done, fork, remember } from "../../store/contract/writes.js";
import { ownClock } from "./clock.js";
import { type Answers, type Asked, readEverything } from "./read-everything.js";

/** A store to be damaged, with all that is to be read of it. */
export interface BaseStore {
  readonly name: string;
  readonly bytes: Buffer;
  /** The file as it was before its last commits. */
  readonly older: Buffer;
  readonly asked: Asked;
  readonly truth: Answers;
}

interface Recipe {
  readonly name: string;
  readonly rounds: number;
  readonly segments: number;
  /** Characters of a text. */
  readonly chars: number;
}

const RECIPES: readonly Recipe[] = [
  { name: "many small records", rounds: 260, segments: 9, chars: 40 },
  { name: "records that fill pages", rounds: 40, segments: 6, chars: 900 },
  { name: "records of many pages", rounds: 12, segments: 4, chars: 9000 },
];

/** Makes the stores: forks, turns, traces, request ids, truncations and deletions in each. */
export async function makeBaseStores(folder: string): Promise<readonly BaseStore[]> {
  const stores: BaseStore[] = [];
  for (const [i, recipe] of RECIPES.entries()) {
    const dir = join(folder, `base-${i}`);
    mkdirSync(dir, { mode: 0o700 });
    const clock = ownClock();
    const open = () => openLmdbStore({ dir, newId: () => "01JD00000000000000000000ZZ", ...clock });
    const first = await open();
    const asked = await fill(first, recipe);
    await first.close();
    const older = readFileSync(join(dir, DATA_FILE));
    const second = await open();
    await goOn(second, recipe);
    const truth = await readEverything(second, asked);
    await second.close();
    stores.push({ name: recipe.name, bytes: readFileSync(join(dir, DATA_FILE)), older, asked, truth });
  }
  return stores;
}

async function fill(store: SegmentStore, { rounds, segments, chars }: Recipe): Promise<Asked> {
  const ids = Array.from({ length: segments }, (_, i) => segment(100 + i));
  const text = "x".repeat(chars);
  for (const [i, id] of ids.entries()) await aSegment(store, { session: session(1 + (i % 3)), segment: id, history: i % 3 });
  for (let round = 1; round <= rounds; round++) {
    for (const [i, id] of ids.entries()) {
      const entries = [
        ...saidTimes(1 + (i % 3), text),
        ...(round % 3 === 0 ? [turnEnd(BigInt(round))] : []),
        ...(round % 7 === 0 ? [runCompleted(true)] : []),
      ];
      if (i === 0) await done(store.append(appendOf(id, entries), remember(`request ${round}`)));
      else await append(store, id, entries);
    }
    if (round % 10 === 0) await store.appendTrace(ids[1] ?? segment(0), [{ bytes: Buffer.from([0x10, round & 0x7f]), hasTime: true }]);
  }
  for (const [i, id] of ids.slice(0, 3).entries()) await fork(store, id, segment(200 + i));
  await store.truncateSegment({ segmentId: segment(103), entryCount: rounds, precondition: {} });
  await aSegment(store, { session: session(4), segment: segment(300) });
  await done(store.deleteSession({ sessionId: session(4) }));
  return {
    sessions: [1, 2, 3, 4].map(session),
    segments: [...ids, ...[200, 201, 202, 300].map(segment)],
    turns: rounds,
    requests: Array.from({ length: rounds }, (_, i) => `request ${i + 1}`),
  };
}

async function goOn(store: SegmentStore, { segments }: Recipe): Promise<void> {
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < segments; i++) await append(store, segment(100 + i), [said(`later ${round}`)]);
  }
  await aSegment(store, { session: session(2), segment: segment(200 + 50) });
  await done(store.deleteSegment({ segmentId: segment(200 + 50) }));
}
