import { mkdirSync, statfsSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { noteMount, unmount } from "../machine/mounted-disk.js";
import { run } from "../machine/run.js";

const MIB = 1024 * 1024;

/** Others fill a disk at so many bytes a step, with so many milliseconds between: a few hundred megabytes a second. */
const STEP_BYTES = 4 * MIB;
const STEP_MS = 10;

/** A disk in memory, of a size of its own, that somebody else fills and frees. */
export class MemoryDisk {
  readonly #others: string;

  private constructor(readonly folder: string) {
    this.#others = join(folder, "of-others");
  }

  /** Mounts one in a folder, which is made. */
  static async mount(folder: string, bytes: number): Promise<MemoryDisk> {
    mkdirSync(folder, { mode: 0o700 });
    await run("mount", "-t", "tmpfs", "-o", `size=${bytes},mode=0700`, "none", folder);
    noteMount(folder);
    return new MemoryDisk(folder);
  }

  /** Bytes that are free. */
  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return bavail * bsize;
  }

  /** Has others take all but so many bytes. */
  async fill(leaveBytes: number): Promise<void> {
    const file = await open(this.#others, "a");
    try {
      for (let left = this.freeBytes - leaveBytes; left > 0; left = this.freeBytes - leaveBytes) {
        await file.write(Buffer.alloc(Math.min(left, STEP_BYTES), 1));
        await delay(STEP_MS);
      }
    } finally {
      await file.close();
    }
  }

  /** Has others give it all back. */
  async free(): Promise<void> {
    await rm(this.#others, { force: true });
  }

  /** Unmounts it, with all that is on it. */
  async unmount(): Promise<void> {
    await unmount(this.folder);
  }
}
