import { statfsSync } from "node:fs";
import { SeglogError } from "../../model/errors.js";
import type { Engine } from "./engine.js";

/** Room that is never given to entries, so that deletions and the store's own pages fit. In bytes. */
const RESERVE_BYTES = 64 * 1024 * 1024;

/** A small map keeps this part of itself in reserve. */
const RESERVE_PART = 1 / 8;

/** Pages that a write copies on its way, for each byte of it, in the worst case. */
const WRITE_AMPLIFICATION = 4;

/** For how long a look at the disk and the map is good, in milliseconds. */
const LOOK_MS = 1000;

/**
 * Refuses what would fill the map or the disk, before LMDB meets the end of either: there it would
 * have to break off in the middle of a commit.
 */
export class SpaceGuard {
  readonly #engine: Engine;
  readonly #dir: string;
  #roomBytes = 0;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(engine: Engine, dir: string) {
    this.#engine = engine;
    this.#dir = dir;
  }

  /**
   * @param bytes that are to be written
   * @throws SeglogError STORE_FULL
   */
  check(bytes: number): void {
    const needed = bytes * WRITE_AMPLIFICATION;
    if (needed <= this.#roomBytes && performance.now() - this.#lookedAtMs < LOOK_MS) {
      this.#roomBytes -= needed;
      return;
    }
    this.#look();
    if (needed <= this.#roomBytes) return;
    throw new SeglogError("STORE_FULL", "the store has no room left; delete sessions, free disk space, or raise map-size", {
      metadata: { room_bytes: String(Math.max(0, this.#roomBytes)) },
    });
  }

  #look(): void {
    const { usedBytes, freeBytes, mapBytes } = this.#engine.mapUse();
    const disk = statfsSync(this.#dir);
    const onMap = mapBytes - usedBytes - Math.min(RESERVE_BYTES, mapBytes * RESERVE_PART);
    const onDisk = disk.bavail * disk.bsize + freeBytes - RESERVE_BYTES;
    this.#roomBytes = Math.min(onMap, onDisk);
    this.#lookedAtMs = performance.now();
  }
}
