import { DEFAULT_LIMITS, type Limits } from "../../model/limits.js";
import { CommitQueue } from "./commit-queue.js";
import { Engine } from "./engine.js";
import { LmdbSegmentStore } from "./lmdb-segment-store.js";
import { Purger } from "./purger.js";
import { SpaceGuard } from "./space-guard.js";
import { lockStore } from "./store-lock.js";
import { lastPositionOf, recordAtOrBelow } from "./tables/feed.js";
import { FORMAT_VERSION, readStoreMeta, type StoreMeta, writeStoreMeta } from "./tables/store-meta.js";

/** How to open a store. */
export interface LmdbStoreOptions {
  /** Its folder; made where it is not there. */
  readonly dir: string;
  /** Makes the id of a new store: a ULID. */
  readonly newId: () => string;
  /** The most that the store can grow to, in bytes. It is address space, not memory or disk. */
  readonly mapBytes?: number;
  readonly limits?: Limits;
  /** The clock, in milliseconds since the epoch. */
  readonly nowMs?: () => number;
}

/** The most that a store can grow to where nobody says, in bytes. */
export const MAP_BYTES_DEFAULT = 2 ** 38;

/**
 * Opens a store, or makes one.
 *
 * 1. Takes the lock of the folder: one store has one owner.
 * 2. Opens the database and reads the format; a newer one is refused before anything is written.
 * 3. Finds the end of the feed.
 * 4. Goes on with removals that a crash interrupted.
 *
 * @throws StoreLockedError, UnsafeFolderError, NewerFormatError
 */
export async function openLmdbStore(options: LmdbStoreOptions): Promise<LmdbSegmentStore> {
  const { dir, limits = DEFAULT_LIMITS, nowMs = Date.now } = options;
  const lock = await lockStore(dir);
  let engine: Engine | undefined;
  try {
    engine = new Engine(dir, options.mapBytes ?? MAP_BYTES_DEFAULT);
    const meta = readStoreMeta(engine.read()) ?? (await makeStore(engine, options.newId()));
    engine.openFeed();
    const last = recordAtOrBelow(engine.read(), Number.MAX_SAFE_INTEGER);
    const headPosition = last === undefined ? 0 : lastPositionOf(last);
    const queue = new CommitQueue({ engine, limits, nowMs, space: new SpaceGuard(engine, dir), headPosition });
    const purger = new Purger(queue);
    purger.start();
    const opened = engine;
    const release = async () => {
      await opened.close();
      lock.release();
    };
    return new LmdbSegmentStore({ dir, engine, queue, purger, meta, nowMs, release });
  } catch (error) {
    await engine?.close();
    lock.release();
    throw error;
  }
}

async function makeStore(engine: Engine, storeId: string): Promise<StoreMeta> {
  const meta = { formatVersion: FORMAT_VERSION, storeId };
  await engine.commit((writer) => writeStoreMeta(writer, meta));
  return meta;
}
