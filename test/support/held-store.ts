import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "../../src/model/limits.js";
import { CommitQueue } from "../../src/store/lmdb/commit-queue.js";
import { LmdbBackups } from "../../src/store/lmdb/copies/lmdb-backups.js";
import { Engine, type Writer } from "../../src/store/lmdb/engine.js";
import { LmdbSegmentStore } from "../../src/store/lmdb/lmdb-segment-store.js";
import { lastPosition } from "../../src/store/lmdb/open-lmdb-store.js";
import { Purger } from "../../src/store/lmdb/purger.js";
import { RequestIdClock } from "../../src/store/lmdb/request-id-clock.js";
import { SpaceGuard } from "../../src/store/lmdb/space-guard.js";
import { FORMAT_VERSION } from "../../src/store/lmdb/tables/store-meta.js";
import { continuePurge } from "../../src/store/lmdb/write/purge.js";
import { SharedPages } from "../../src/tail/shared-pages.js";
import { type Deferred, deferred } from "./deferred.js";

/** A real store whose commits and removals move when a test says so. */
export interface HeldStore {
  readonly store: LmdbSegmentStore;
  /** What tails read from: the pages of the store, shared. */
  readonly feed: SharedPages;
  readonly storeId: string;
  readonly engine: HeldEngine;
  /** Takes one step of a removal that is under way. */
  purgeStep(): Promise<unknown>;
  /** Takes what is left of them. */
  purgeAll(): Promise<void>;
  /** The same store, closed and opened again. */
  reopen(): Promise<HeldStore>;
  close(): Promise<void>;
}

/** Whether the answer to a commit is held back: it is on the disk and in the map then, and nobody was told. */
export class HeldEngine extends Engine {
  isHolding = false;
  #held: Deferred<void> | undefined;
  #committing: Promise<void> | undefined;

  /** Whether a commit is done and not told. */
  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  override async commit(work: (writer: Writer) => void): Promise<void> {
    this.#committing = super.commit(work);
    await this.#committing;
    this.#committing = undefined;
    if (!this.isHolding) return;
    this.#held = deferred();
    await this.#held.promise;
  }

  /** Lets the answer go. */
  release(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }

  /** Resolves when no commit is on its way to the disk. */
  async settled(): Promise<void> {
    await this.#committing;
  }
}

/** Takes its steps when it is told to, or when a write has to wait for them. */
class IdlePurger extends Purger {
  override start(): void {}
}

/** So few that nearly every removal takes several steps. */
const PURGE_STEP_KEYS = 2;

const STORE_ID = "01JD0000000000000000000000";

/** Opens a store in a temporary folder of its own, which goes when it is closed. */
export function openHeldStore(dir = mkdtempSync(join(tmpdir(), "seglog-"))): HeldStore {
  const engine = new HeldEngine(dir, 2 ** 30);
  engine.openFeed();
  const nowMs = () => 1_700_000_000_000;
  const queue = new CommitQueue({
    engine,
    limits: DEFAULT_LIMITS,
    purgeStepKeys: PURGE_STEP_KEYS,
    nowMs,
    space: new SpaceGuard(engine, dir),
    headPosition: lastPosition(engine.read()),
  });
  const idClock = new RequestIdClock(nowMs, nowMs);
  const purger = new IdlePurger(queue, idClock);
  const store = new LmdbSegmentStore({
    dir,
    engine,
    queue,
    purger,
    backups: new LmdbBackups(engine, dir),
    meta: { formatVersion: FORMAT_VERSION, storeId: STORE_ID },
    idClock,
    release: () => engine.close(),
  });
  return {
    store,
    feed: new SharedPages(store),
    storeId: STORE_ID,
    engine,
    purgeStep: () => queue.runOwn(continuePurge),
    purgeAll: () => purger.finished(),
    reopen: async () => {
      await store.close();
      return openHeldStore(dir);
    },
    close: async () => {
      await store.close();
      rmSync(dir, { recursive: true });
    },
  };
}
