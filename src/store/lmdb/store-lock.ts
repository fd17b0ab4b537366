import { accessSync, closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { join, resolve } from "node:path";
import { errorCode } from "../error-code.js";
import { lockFile } from "../file-lock.js";
import { UnsafeFolderError } from "../unsafe-folder-error.js";
import { prepareStoreFolder } from "./store-folder.js";
import { isWithoutRoom } from "./store-marker.js";

/** Somebody else owns the store. */
export class StoreLockedError extends Error {
  override readonly name = "StoreLockedError";

  /** @param owner who says to own it, such as `pid 123 since 2026-01-01T00:00:00.000Z`; undefined where nobody says */
  constructor(
    readonly folder: string,
    readonly owner: string | undefined,
  ) {
    super(`the store in ${folder} is in use${owner === undefined ? "" : ` by ${owner}`}; wanted one that nobody else has open`);
  }
}

/** Ownership of a store. */
export interface StoreLock {
  /** Gives it up. The file stays. A second call does nothing. */
  release(): void;
}

/** The file in a store's folder that its owner holds a lock on. */
export const LOCK_FILE = "LOCK";

const OWNER_BYTES_MAX = 100;

/**
 * Takes the exclusive ownership of the store in a folder, which is created where it is missing.
 *
 * The lock is an flock(2) on `<folder>/LOCK`. That file is never deleted: whoever deletes a locked
 * file lets a second owner in. What stands in it is for people only.
 *
 * @param onlyReads whether a file system that is read-only will do, as that of a failing disk: a daemon that has the store
 * from elsewhere is found all the same
 * @throws StoreLockedError, UnsafeFolderError, LockToolError
 */
export async function lockStore(path: string, { onlyReads = false } = {}): Promise<StoreLock> {
  const folder = resolve(path); // takes the slash from the end, too
  prepareStoreFolder(folder);
  // A plain descriptor: a FileHandle that nobody refers to any more would be closed, and the lock with it.
  const isReadOnly = onlyReads && isOnReadOnlyFileSystem(folder);
  const fd = openLockFile(folder, isReadOnly);
  if (fd === undefined) return { release: () => {} };
  try {
    if (!(await lockFile(fd))) throw new StoreLockedError(folder, readOwner(fd));
    checkStillThere(folder, fd);
    if (!isReadOnly) writeOwner(fd);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return releasedOnce(fd);
}

/** On a disk without room the lock holds all the same. */
function writeOwner(fd: number): void {
  try {
    ftruncateSync(fd);
    writeSync(fd, `pid ${process.pid} since ${new Date().toISOString()}\n`, 0);
  } catch (error) {
    if (!isWithoutRoom(error)) throw error;
  }
}

function releasedOnce(fd: number): StoreLock {
  let isHeld = true;
  return {
    release: () => {
      if (isHeld) closeSync(fd);
      isHeld = false;
    },
  };
}

function lockPath(folder: string): string {
  return join(folder, LOCK_FILE);
}

function isOnReadOnlyFileSystem(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return false;
  } catch (error) {
    return errorCode(error) === "EROFS";
  }
}

/** None where there is none and none can be made, so that nobody can hold it. */
function openLockFile(folder: string, isReadOnly: boolean): number | undefined {
  const { O_RDONLY, O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  let fd: number;
  try {
    fd = openSync(lockPath(folder), (isReadOnly ? O_RDONLY : O_RDWR | O_CREAT) | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (error) {
    if (isReadOnly && errorCode(error) === "ENOENT") return undefined;
    throw notOpened(folder, error);
  }
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new UnsafeFolderError(folder, "has a LOCK that is no plain file; wanted one or none");
}

function notOpened(folder: string, error: unknown): UnsafeFolderError {
  const code = errorCode(error);
  if (code === "EROFS") return new UnsafeFolderError(folder, "is on a file system that is read-only; wanted one to write to", error);
  return new UnsafeFolderError(folder, `has a LOCK that cannot be opened: ${code}; wanted a plain file or none`, error);
}

/** Somebody may have put another file in its place between opening and locking; the next daemon would lock that one. */
function checkStillThere(folder: string, fd: number): void {
  const ours = fstatSync(fd, { bigint: true });
  const there = statSync(lockPath(folder), { bigint: true, throwIfNoEntry: false });
  if (ours.dev === there?.dev && ours.ino === there.ino) return;
  throw new UnsafeFolderError(folder, "had its LOCK replaced while it was taken; wanted it left alone");
}

/** Only what looks like our own line is told on. */
function readOwner(fd: number): string | undefined {
  const buffer = Buffer.alloc(OWNER_BYTES_MAX);
  const length = readSync(fd, buffer, 0, OWNER_BYTES_MAX, 0);
  const [owner] = /^pid \d+ since [\d:.TZ-]+/.exec(buffer.toString("latin1", 0, length)) ?? [];
  return owner;
}
