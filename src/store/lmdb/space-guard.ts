import { statfsSync } from "node:fs";
import { SeglogError } from "../../model/errors.js";
import type { Engine } from "./engine.js";

const MIB = 1024 * 1024;

/** Room that is never given to entries, so that deletions and the store's own pages fit. In bytes. */
const RESERVE_BYTES = 64 * MIB;

/** A small map keeps this part of itself in reserve. */
const RESERVE_PART = 1 / 8;

/** Room on the disk without which not even a removal is begun: it copies pages before it frees any. In bytes. */
const REMOVAL_BYTES = 4 * MIB;

/** Pages that a write copies on its way, for each byte of it, in the worst case. */
const WRITE_AMPLIFICATION = 4;

/**
 * For how long a look at the disk and the map is good, in milliseconds. Others fill the disk too: in this time,
 * at a gigabyte a second, they take less than the reserve.
 */
const LOOK_MS = 20;

/**
 * Refuses what would fill the map or the disk, before LMDB meets the end of either: there it would
 * have to break off in the middle of a commit.
 */
export class SpaceGuard {
  readonly #engine: Engine;
  readonly #dir: string;
  #roomBytes = 0;
  #diskBytes = 0;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(engine: Engine, dir: string) {
    this.#engine = engine;
    this.#dir = dir;
  }

  /**
   * Gives room to entries.
   *
   * @param bytes that are to be written
   * @throws SeglogError STORE_FULL
   */
  check(bytes: number): void {
    const needed = bytes * WRITE_AMPLIFICATION;
    if (needed > this.#roomBytes || this.#isStale()) this.#look();
    if (needed > this.#roomBytes) {
      throw storeFull("the store has no room left; delete sessions, free disk space, or raise map-size", this.#roomBytes);
    }
    this.#roomBytes -= needed;
  }

  /**
   * Lets what removes something be written, for which the reserve is there.
   *
   * @throws SeglogError STORE_FULL where others have filled the disk, the reserve included
   */
  checkRemoval(): void {
    if (this.#isStale()) this.#look();
    if (this.#diskBytes >= REMOVAL_BYTES) return;
    throw storeFull("the disk is so full that nothing can be removed from the store either; free disk space", this.#diskBytes);
  }

  #isStale(): boolean {
    return performance.now() - this.#lookedAtMs >= LOOK_MS;
  }

  #look(): void {
    const { usedBytes, freeBytes, mapBytes } = this.#engine.mapUse();
    const disk = statfsSync(this.#dir);
    this.#diskBytes = disk.bavail * disk.bsize + freeBytes;
    const onMap = mapBytes - usedBytes - Math.min(RESERVE_BYTES, mapBytes * RESERVE_PART);
    this.#roomBytes = Math.min(onMap, this.#diskBytes - RESERVE_BYTES);
    this.#lookedAtMs = performance.now();
  }
}

function storeFull(message: string, roomBytes: number): SeglogError {
  return new SeglogError("STORE_FULL", message, { metadata: { room_bytes: String(Math.max(0, roomBytes)) } });
}
