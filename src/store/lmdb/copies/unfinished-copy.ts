import { lstatSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DATA_FILE } from "../engine.js";
import { PARTIAL_SUFFIX } from "./partial-copy.js";

/** A folder holds the beginning of a store and no store: bringing a backup back was interrupted. */
export class HalfStoreError extends Error {
  override readonly name = "HalfStoreError";

  constructor(folder: string) {
    super(
      `folder ${folder} holds a store that was not brought back whole; run seglog restore-backup again, ` +
        `or remove ${DATA_FILE}${PARTIAL_SUFFIX} from it to begin an empty store`,
    );
  }
}

/**
 * Removes what an interrupted compaction left beside a store. The store itself is the old one or the new one, and whole.
 *
 * @param folder whose lock is held
 * @throws HalfStoreError where there is no store beside it
 */
export function removeUnfinishedCopy(folder: string): void {
  const partial = join(folder, `${DATA_FILE}${PARTIAL_SUFFIX}`);
  if (!isThere(partial)) return;
  if (!isThere(join(folder, DATA_FILE))) throw new HalfStoreError(folder);
  rmSync(partial, { recursive: true });
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
