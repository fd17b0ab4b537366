import { statfsSync } from "node:fs";

/** How much may be written to the disk that a folder is on, in bytes. */
export function roomBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
