import { closeSync, constants, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../error-code.js";
import { UnsafeFolderError } from "../unsafe-folder-error.js";
import { MissingStoreError } from "./missing-store-error.js";

/** The file that says which store is kept in a folder. */
export const MARKER_FILE = "STORE";

const MARKER = /^seglog store ([0-9A-Z]{26})\n$/;

const NO_FOLLOW = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * The id of the store that was made in a folder, undefined where none was: what tells an empty folder from one whose
 * database somebody took away. LMDB would make a new one there, and all that was acknowledged would be gone unsaid.
 *
 * @throws MissingStoreError where it cannot be read, UnsafeFolderError where it is a symbolic link
 */
export function readMarker(folder: string): string | undefined {
  const text = readIfThere(folder);
  if (text === undefined) return undefined;
  const [, storeId] = MARKER.exec(text) ?? [];
  if (storeId !== undefined) return storeId;
  throw new MissingStoreError(folder, `has a ${MARKER_FILE} that names no store; wanted the one that was written there`, undefined);
}

function readIfThere(folder: string): string | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(join(folder, MARKER_FILE), constants.O_RDONLY | NO_FOLLOW);
    return readFileSync(fd, "utf8");
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT") return undefined;
    throw new UnsafeFolderError(folder, `has a ${MARKER_FILE} that cannot be read: ${code}; wanted a plain file or none`, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/**
 * Says which store a folder holds. The store is durable by then: a crash before leaves a store without a marker, which
 * gets one when it is opened next. So does one on a disk without room for it.
 */
export function writeMarker(folder: string, storeId: string): void {
  const path = join(folder, MARKER_FILE);
  try {
    const { O_WRONLY, O_CREAT, O_TRUNC } = constants;
    const fd = openSync(`${path}.new`, O_WRONLY | O_CREAT | O_TRUNC | NO_FOLLOW, 0o600);
    try {
      writeFileSync(fd, `seglog store ${storeId}\n`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(`${path}.new`, path);
    syncFolder(folder);
  } catch (error) {
    if (!isWithoutRoom(error)) throw error;
  }
}

/** Whether a write failed because the disk, or what this user may take of it, is full. */
export function isWithoutRoom(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT"].includes(errorCode(error) ?? "");
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
