import { createReadStream, createWriteStream, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { flushFolder } from "../../flush.js";
import { DATA_FILE, READERS_FILE } from "../engine.js";
import { checkFileSystem } from "../file-system.js";
import { MAKING_FOLDER } from "../make-data-file.js";
import { LOCK_FILE, lockStore } from "../store-lock.js";
import { type CheckedStore, DamagedCopyError } from "./check-store.js";
import { roomBytes } from "./disk-room.js";
import { NoRoomError, type OfflineCopyOptions, TakenFolderError } from "./offline-copy.js";
import { PARTIAL_SUFFIX, PartialCopy } from "./partial-copy.js";
import { runTask } from "./run-task.js";

/** What is read and written at a time, in bytes. */
const COPY_CHUNK_BYTES = 1024 * 1024;

/** What was brought back. */
export interface RestoredBackup extends CheckedStore {
  /** The id of the new store; `storeId` is that of the one that the backup is of. */
  readonly newStoreId: string;
  readonly byteSize: number;
}

/**
 * Makes a store of a backup, in a folder that is empty or not there. The store gets an id of its own: who followed the old
 * one is told so, since what came after the backup is not in it. Until it is whole, the folder holds nothing that a daemon
 * would take for a store; interrupted, it can be done again.
 *
 * @throws StoreLockedError, UnsafeFolderError, UnsafeFileSystemError, TakenFolderError, NoRoomError, NewerFormatError, DamagedCopyError
 */
export async function restoreBackup(file: string, options: OfflineCopyOptions & { readonly newStoreId: string }): Promise<RestoredBackup> {
  try {
    return await restore(file, options);
  } catch (error) {
    if (!(error instanceof DamagedCopyError)) throw error;
    throw new DamagedCopyError(`${file} is no whole backup: ${error.message}`, { cause: error });
  }
}

async function restore(
  file: string,
  { dir, unsafeAllowFs, signal, onStep, newStoreId }: OfflineCopyOptions & { readonly newStoreId: string },
): Promise<RestoredBackup> {
  const byteSize = statSync(file).size;
  const folder = resolve(dir);
  checkFileSystem(folder, unsafeAllowFs);
  const lock = await lockStore(folder);
  try {
    checkEmpty(folder);
    NoRoomError.check({ folder, neededBytes: byteSize, roomBytes: roomBytes(folder) });
    const copy = await PartialCopy.begin(join(folder, DATA_FILE));
    try {
      await copyFile(file, copy.file, { signal, onBytes: (doneBytes) => onStep({ phase: "copying", doneBytes, totalBytes: byteSize }) });
      onStep({ phase: "verifying", doneBytes: 0, totalBytes: byteSize });
      const checked = await runTask<"check">({ type: "check", dir: copy.folder }, signal);
      await runTask<"renew">({ type: "renew", dir: copy.folder, storeId: newStoreId }, signal);
      onStep({ phase: "flushing", doneBytes: 0, totalBytes: byteSize });
      await copy.flush();
      rmSync(join(copy.folder, READERS_FILE), { force: true });
      await copy.replace();
      await flushFolder(dirname(folder));
      return { ...checked, newStoreId, byteSize };
    } finally {
      await copy.remove();
    }
  } finally {
    lock.release();
  }
}

/** What may be in a folder without a store: the lock, and what a restore or a first start left that was interrupted. */
const NO_STORE: readonly string[] = [LOCK_FILE, `${DATA_FILE}${PARTIAL_SUFFIX}`, MAKING_FOLDER];

function checkEmpty(folder: string): void {
  const others = readdirSync(folder).filter((name) => !NO_STORE.includes(name));
  if (others.length > 0) throw new TakenFolderError(folder, others);
}

/** Reading ahead is bounded by the streams' own buffers. */
async function copyFile(
  from: string,
  to: string,
  { signal, onBytes }: { readonly signal: AbortSignal; readonly onBytes: (doneBytes: number) => void },
): Promise<void> {
  let doneBytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      doneBytes += chunk.length;
      onBytes(doneBytes);
      done(null, chunk);
    },
  });
  const read = createReadStream(from, { highWaterMark: COPY_CHUNK_BYTES });
  await pipeline(read, counted, createWriteStream(to, { flags: "wx", mode: 0o600 }), { signal });
}
