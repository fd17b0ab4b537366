import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { DATA_FILE, Engine } from "./engine.js";
import { FORMAT_VERSION, writeStoreMeta } from "./tables/store-meta.js";

/** Where a data file is made, in the store's folder. */
export const MAKING_FOLDER = "making";

/** What a new store is made with. */
export interface NewStore {
  /** Makes its id: a ULID. */
  readonly newId: () => string;
  /** The most that it can grow to, in bytes. */
  readonly mapBytes: number;
}

/**
 * Makes the data file of a store that has none, whole or not at all.
 *
 * LMDB writes the two roots that a data file begins with in place, and a process that opens a file in which only one of
 * them came to the disk is killed by it. Therefore the file is made in a folder of its own, with the store's id in it, and
 * renamed once it is durable. What an interruption left there is made anew. The caller owns the store.
 */
export async function makeDataFile(dir: string, { newId, mapBytes }: NewStore): Promise<void> {
  const making = join(dir, MAKING_FOLDER);
  rmSync(making, { recursive: true, force: true });
  if (existsSync(join(dir, DATA_FILE))) return;
  mkdirSync(making, { mode: 0o700 });
  const engine = new Engine(making, mapBytes);
  await engine.commit((writer) => writeStoreMeta(writer, { formatVersion: FORMAT_VERSION, storeId: newId() }));
  await engine.close();
  renameSync(join(making, DATA_FILE), join(dir, DATA_FILE));
  for (const folder of [dir, dirname(dir)]) flushFolder(folder);
  rmSync(making, { recursive: true });
}

/** Flushes the names in a folder. */
function flushFolder(folder: string): void {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
