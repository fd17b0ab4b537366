import { execFileSync } from "node:child_process";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { run } from "./run.js";

/** Holds what a store keeps free, and some MiB of data. Sparse. In bytes. */
const DISK_BYTES = 192 * 1024 * 1024;

/** An unmount is tried so often, and given up after so long, in milliseconds. */
const UNMOUNT_RETRY_MS = 20;
const UNMOUNT_MS_MAX = 60_000;

/** What is mounted and has to go, in whichever way this process ends. */
const mounted = new Set<string>();

process.once("exit", () => {
  for (const mountPoint of [...mounted].reverse()) unmountAtOnce(mountPoint);
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

/** Makes a file that is an empty ext4 disk. */
export async function makeDisk(path: string): Promise<void> {
  makeBlankDisk(path);
  await formatDisk(path);
}

/** Makes a file that is a disk with nothing on it. */
export function makeBlankDisk(path: string): void {
  writeFileSync(path, "");
  truncateSync(path, DISK_BYTES);
}

/** Puts an empty ext4 on a disk. */
export async function formatDisk(path: string): Promise<void> {
  await run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard", "-J", "size=8", path);
}

/** Mounts a disk in a file, through a loop device that goes with the mount. */
export async function mountDisk(path: string, mountPoint: string): Promise<void> {
  mkdirSync(mountPoint, { recursive: true });
  await run("mount", "-o", "loop,nodiscard", path, mountPoint);
  mounted.add(mountPoint);
}

/** Says that something is mounted there by other means, and has to go with this process. */
export function noteMount(mountPoint: string): void {
  mounted.add(mountPoint);
}

/** Unmounts what is mounted there. The kernel may take seconds to let go of the files of a process that was killed. */
export async function unmount(mountPoint: string): Promise<void> {
  const giveUpMs = performance.now() + UNMOUNT_MS_MAX;
  while (!(await isUnmounted(mountPoint, performance.now() < giveUpMs))) await delay(UNMOUNT_RETRY_MS);
  mounted.delete(mountPoint);
}

async function isUnmounted(mountPoint: string, mayBeBusy: boolean): Promise<boolean> {
  try {
    await run("umount", mountPoint);
    return true;
  } catch (error) {
    if (mayBeBusy && String(error).includes("busy")) return false;
    throw error;
  }
}

function unmountAtOnce(mountPoint: string): void {
  try {
    execFileSync("umount", ["--lazy", mountPoint]);
  } catch (error) {
    console.error(`${mountPoint} is still mounted: ${String(error)}`);
  }
}
