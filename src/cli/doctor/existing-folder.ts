import { existsSync } from "node:fs";
import { dirname } from "node:path";

/** The folder itself, or the nearest one above it that is there. */
export function existingFolder(folder: string): string {
  let existing = folder;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  return existing;
}
