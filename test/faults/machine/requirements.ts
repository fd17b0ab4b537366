import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { CannotRunError } from "../proof.js";
import { run } from "./run.js";

/** @throws CannotRunError where the caller is not root */
export function requireRoot(): void {
  if (process.geteuid?.() !== 0) throw new CannotRunError("root");
}

/** @throws CannotRunError where one of these programs is not to be found */
export function requirePrograms(...names: readonly string[]): void {
  for (const name of names) if (!isProgram(name)) throw new CannotRunError(name);
}

/** @throws CannotRunError where a program may not be traced */
export async function requireTracing(): Promise<void> {
  await run("strace", "-o", "/dev/null", "true").catch(() => {
    throw new CannotRunError("right to trace");
  });
}

/** @throws CannotRunError where file systems on loop devices cannot be had */
export function requireLoopDisks(): void {
  requireRoot();
  requirePrograms("mount", "umount", "losetup", "mkfs.ext4", "cc");
  if (!existsSync("/dev/loop-control")) throw new CannotRunError("loop devices");
}

/** @throws CannotRunError where FUSE cannot be had */
export function requireFuse(): void {
  requirePrograms("fusermount3");
  if (!existsSync("/dev/fuse")) throw new CannotRunError("FUSE device");
  if (!existsSync("/usr/include/fuse3/fuse.h")) throw new CannotRunError("libfuse3 to compile against");
}

function isProgram(name: string): boolean {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
