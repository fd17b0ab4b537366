import { resolve } from "node:path";
import { DEFAULT_LIMITS, type Limits } from "../../model/limits.js";
import { type NamespaceQuotas, NO_QUOTAS } from "../../model/namespace-quota.js";
import { NamespaceLedger } from "../namespace-ledger.js";
import { checkBeforeOpening } from "./check-before-opening.js";
import { CommitQueue } from "./commit-queue.js";
import { LmdbBackups } from "./copies/lmdb-backups.js";
import { removeUnfinishedCopy } from "./copies/unfinished-copy.js";
import { countNamespaces } from "./count-namespaces.js";
import { Engine, type Reader } from "./engine.js";
import { checkFileSystem, type UnsafeFileSystem } from "./file-system.js";
import { LmdbSegmentStore } from "./lmdb-segment-store.js";
import { makeDataFile } from "./make-data-file.js";
import { MAP_BYTES_DEFAULT } from "./map-bytes.js";
import { MissingStoreError } from "./missing-store-error.js";
import { beginOpening, type Opening } from "./opening-marker.js";
import { Purger } from "./purger.js";
import { RequestIdClock } from "./request-id-clock.js";
import { SpaceGuard } from "./space-guard.js";
import { checkDatabaseThere, checkStoreFiles } from "./store-files.js";
import { lockStore } from "./store-lock.js";
import { readMarker, writeMarker } from "./store-marker.js";
import { lastPositionOf, recordAtOrBelow } from "./tables/feed.js";
import { lastNumber } from "./tables/keys.js";
import { allHeads } from "./tables/segment-heads.js";
import { FORMAT_VERSION, readStoreMeta, type StoreMeta, writeStoreMeta } from "./tables/store-meta.js";
import { upgradeFormat } from "./upgrade-format.js";
import { BrokenSealError } from "./values/sealed.js";
import type { StoreReport } from "./verify/verify-store.js";
import { PURGE_STEP_KEYS } from "./write/purge.js";

/** How to open a store. */
export interface LmdbStoreOptions {
  /** Its folder; made where it is not there. */
  readonly dir: string;
  /** Makes the id of a new store: a ULID. */
  readonly newId: () => string;
  /** The most that the store can grow to, in bytes. It is address space, not memory or disk. */
  readonly mapBytes?: number;
  readonly limits?: Limits;
  /** What namespaces may take up; without limit where unset. */
  readonly quotas?: NamespaceQuotas;
  /** Most keys that one step of a removal removes. */
  readonly purgeStepKeys?: number;
  /** The clock, in milliseconds since the epoch. */
  readonly nowMs?: () => number;
  /** The clock that nobody sets, in milliseconds since whenever. */
  readonly monotonicMs?: () => number;
  /** A file system that the store may be on all the same. */
  readonly unsafeAllowFs?: UnsafeFileSystem | undefined;
  /** Opens it also where values in it are damaged; whoever reads one is told so. Damaged pages are refused even so. */
  readonly allowDamaged?: boolean;
  /** Is told what the look before the opening came to, where that was allowed. */
  readonly onChecked?: (report: StoreReport) => void;
}

/**
 * Opens a store, or makes one.
 *
 * 1. Takes the lock of the folder: one store has one owner.
 * 2. Looks whether the folder's files are ours alone, and the store there that was made in it, and whole.
 * 3. Makes the database where there is none, whole or not at all.
 * 4. Has a quick look at the file: a newer format, or what does not prove whole, is refused before anything is written.
 * 5. Opens it, and brings an older format up to date.
 * 6. Finds the end of the feed, and counts what namespaces take up where they have quotas.
 * 7. Goes on with removals that a crash interrupted.
 *
 * @throws StoreLockedError, UnsafeFolderError, UnsafeFileSystemError, MissingStoreError, HalfStoreError, NewerFormatError,
 * DamagedStoreError, OpeningFailedError
 */
export async function openLmdbStore(options: LmdbStoreOptions): Promise<LmdbSegmentStore> {
  const { dir, limits = DEFAULT_LIMITS, nowMs = Date.now, purgeStepKeys = PURGE_STEP_KEYS } = options;
  const { newId, mapBytes = MAP_BYTES_DEFAULT } = options;
  checkFileSystem(dir, options.unsafeAllowFs);
  const lock = await lockStore(dir);
  let engine: Engine | undefined;
  let opening: Opening | undefined;
  try {
    checkStoreFiles(dir);
    removeUnfinishedCopy(dir);
    const markedId = readMarker(dir);
    if (markedId !== undefined) checkDatabaseThere(dir);
    await makeDataFile(resolve(dir), { newId, mapBytes });
    opening = beginOpening(dir);
    const report = checkBeforeOpening(dir, { isAfterCrash: opening.earlierCount > 0, allowDamaged: options.allowDamaged ?? false });
    if (report !== undefined) options.onChecked?.(report);
    engine = new Engine(dir, mapBytes);
    const stored = readStoreMeta(engine.read());
    if (markedId !== undefined && stored?.storeId !== markedId) throw anotherStore(dir, markedId, stored);
    const found = stored ?? (await makeStore(engine, newId()));
    if (markedId === undefined) writeMarker(dir, found.storeId);
    engine.openFeed();
    const meta = await upgradeFormat(engine, found);
    const ledger = new NamespaceLedger(options.quotas ?? NO_QUOTAS);
    countNamespaces(engine.read(), ledger);
    const headPosition = lastPosition(engine.read());
    const space = new SpaceGuard(engine, dir);
    const queue = new CommitQueue({ engine, limits, purgeStepKeys, nowMs, space, ledger, headPosition });
    const idClock = new RequestIdClock(nowMs, options.monotonicMs ?? (() => performance.now()));
    const purger = new Purger(queue, idClock);
    purger.start();
    const opened = engine;
    const release = async () => {
      await opened.close();
      lock.release();
    };
    const backups = new LmdbBackups(engine, dir);
    return new LmdbSegmentStore({ dir, engine, queue, purger, backups, meta, idClock, release });
  } catch (error) {
    await engine?.close();
    lock.release();
    throw error;
  } finally {
    opening?.ended();
  }
}

/** Where the feed ends. A damaged end stops nobody: the heads of the segments know it too. */
export function lastPosition(reader: Reader): number {
  try {
    const last = recordAtOrBelow(reader, Number.MAX_SAFE_INTEGER);
    return last === undefined ? 0 : lastPositionOf(last);
  } catch (error) {
    if (!(error instanceof BrokenSealError)) throw error;
    let position = lastNumber(Buffer.from(error.key));
    for (const head of allHeads(reader)) position = Math.max(position, head.headPosition);
    return position;
  }
}

/** Of a store whose making an older seglog did not finish. */
async function makeStore(engine: Engine, storeId: string): Promise<StoreMeta> {
  const meta = { formatVersion: FORMAT_VERSION, storeId };
  await engine.commit((writer) => writeStoreMeta(writer, meta));
  return meta;
}

function anotherStore(dir: string, markedId: string, stored: StoreMeta | undefined): MissingStoreError {
  const there = stored === undefined ? "no store that can be told" : `store ${stored.storeId}`;
  return new MissingStoreError(dir, `holds ${there}; wanted ${markedId}, which was made in it`, stored?.storeId);
}
