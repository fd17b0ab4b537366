import { lstatSync } from "node:fs";
import { join } from "node:path";
import { octalMode } from "../octal-mode.js";
import { ownUid } from "../own-uid.js";
import { UnsafeFolderError } from "../unsafe-folder-error.js";
import { DATA_FILE, READERS_FILE } from "./engine.js";
import { MissingStoreError } from "./missing-store-error.js";
import { MARKER_FILE } from "./store-marker.js";

/** What stands in the folder of a store, beside LOCK. */
const FILES = [DATA_FILE, READERS_FILE, MARKER_FILE];

const WRITABLE_BY_OTHERS = 0o022;

/**
 * Checks the files of a store before they are opened, and changes nothing: LMDB would follow a symbolic link, and
 * write wherever it leads.
 *
 * @throws UnsafeFolderError where one is no plain file, belongs to another user, or others may write to it
 */
export function checkStoreFiles(folder: string): void {
  for (const name of FILES) {
    const stat = lstatSync(join(folder, name), { throwIfNoEntry: false });
    if (stat === undefined) continue;
    if (!stat.isFile()) throw new UnsafeFolderError(folder, `has a ${name} that is no plain file; wanted one or none`);
    if (stat.uid !== ownUid()) {
      throw new UnsafeFolderError(folder, `has a ${name} that belongs to user ${stat.uid}; wanted user ${ownUid()}, who runs this`);
    }
    if ((stat.mode & WRITABLE_BY_OTHERS) !== 0) {
      throw new UnsafeFolderError(folder, `has a ${name} of mode ${octalMode(stat.mode)}, so that others may write to it; wanted 0600`);
    }
  }
}

/**
 * Checks that a folder which held a store still has its database.
 *
 * @throws MissingStoreError
 */
export function checkDatabaseThere(folder: string): void {
  const size = lstatSync(join(folder, DATA_FILE), { throwIfNoEntry: false })?.size;
  if (size === undefined) throw new MissingStoreError(folder, `has lost its ${DATA_FILE}`, undefined);
  if (size === 0) throw new MissingStoreError(folder, `has a ${DATA_FILE} that was emptied`, undefined);
}
