import { lstatSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { DATA_FILE, READERS_FILE } from "../engine.js";
import { checkFileSystem } from "../file-system.js";
import { checkStoreFiles } from "../store-files.js";
import { lockStore } from "../store-lock.js";
import { roomBytes } from "./disk-room.js";
import { NoRoomError, NoStoreError, type OfflineCopyOptions } from "./offline-copy.js";
import { PartialCopy } from "./partial-copy.js";
import { runTask } from "./run-task.js";
import { toldOften } from "./told-often.js";
import { removeUnfinishedCopy } from "./unfinished-copy.js";

/** Room that a compaction leaves on the disk beside the copy, in bytes. */
const ROOM_LEFT_BYTES = 16 * 1024 * 1024;

/** What a compaction did. In bytes. */
export interface CompactedStore {
  /** ULID; as it was. */
  readonly storeId: string;
  readonly beforeBytes: number;
  readonly afterBytes: number;
}

/**
 * Writes a store anew without the pages that hold nothing any more, checks the copy and puts it in the store's place. The
 * store is the old one or the new one at every moment.
 *
 * @throws NoStoreError, StoreLockedError, UnsafeFolderError, UnsafeFileSystemError, NoRoomError, NewerFormatError, DamagedCopyError
 */
export async function compactStore({ dir, unsafeAllowFs, signal, onStep }: OfflineCopyOptions): Promise<CompactedStore> {
  const folder = resolve(dir);
  const file = join(folder, DATA_FILE);
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) throw new NoStoreError(folder);
  checkFileSystem(folder, unsafeAllowFs);
  const lock = await lockStore(folder);
  try {
    checkStoreFiles(folder);
    removeUnfinishedCopy(folder);
    const { storeId, usedBytes } = await runTask<"measure">({ type: "measure", dir: folder }, signal);
    NoRoomError.check({ folder, neededBytes: usedBytes + ROOM_LEFT_BYTES, roomBytes: roomBytes(folder) });
    const beforeBytes = statSync(file).size;
    const copy = await PartialCopy.begin(file);
    try {
      const copyIt = (signal: AbortSignal) => runTask<"copy">({ type: "copy", dir: folder, to: copy.folder }, signal);
      for await (const doneBytes of toldOften(copyIt, signal, () => copy.byteSize)) {
        onStep({ phase: "copying", doneBytes, totalBytes: usedBytes });
      }
      const afterBytes = copy.byteSize;
      onStep({ phase: "verifying", doneBytes: 0, totalBytes: afterBytes });
      await runTask<"check">({ type: "check", dir: copy.folder }, signal);
      onStep({ phase: "flushing", doneBytes: 0, totalBytes: afterBytes });
      await copy.flush();
      // Who still looks at the old file shall not share the table of readers with those of the new one.
      rmSync(join(folder, READERS_FILE), { force: true });
      await copy.replace();
      return { storeId, beforeBytes, afterBytes };
    } finally {
      await copy.remove();
    }
  } finally {
    lock.release();
  }
}
