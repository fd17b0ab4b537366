import { dirname } from "node:path";
import { SeglogError } from "../../../model/errors.js";
import { BACKUP_ROOM_LEFT_BYTES } from "../../../model/limits.js";
import { errorCode } from "../../error-code.js";
import type { BackupPhase, BackupProgress, BackupStep, MadeBackup, StoreBackups } from "../../store-backups.js";
import { UnsafeFolderError } from "../../unsafe-folder-error.js";
import type { Engine } from "../engine.js";
import { badPath, checkedBackupPath, takenPath } from "./backup-path.js";
import { type CheckedStore, DamagedCopyError } from "./check-store.js";
import { roomBytes } from "./disk-room.js";
import { PartialCopy } from "./partial-copy.js";
import { runTask } from "./run-task.js";
import { toldOften } from "./told-often.js";

/**
 * Copies of the store as it runs. Each is made in three steps, in a folder beside the name that it is to have:
 *
 * 1. A process of its own copies a view of the store. While it does, pages that this store frees wait: the file grows by
 *    about what is written meanwhile, and that room is used again afterwards.
 * 2. Another process reads the copy whole and compares every checksum.
 * 3. The copy is flushed, and gets its name.
 */
export class LmdbBackups implements StoreBackups {
  readonly #engine: Engine;
  readonly #dir: string;
  #isBusy = false;

  constructor(engine: Engine, dir: string) {
    this.#engine = engine;
    this.#dir = dir;
  }

  /** When the last step comes, nothing is left beside the backup, and another one may be asked for. */
  async *backup(path: string, signal: AbortSignal): AsyncGenerator<BackupStep, void, undefined> {
    const target = checkedBackupPath(path, this.#dir);
    if (this.#isBusy) throw new SeglogError("TOO_MANY_IN_FLIGHT", "another backup is being made; one is at a time", { retryAfterMs: 1000 });
    let made: MadeBackup;
    this.#isBusy = true;
    try {
      const copy = await beginCopy(target);
      try {
        made = yield* this.#make(copy, target, signal);
      } finally {
        await copy.remove();
      }
    } finally {
      this.#isBusy = false;
    }
    yield made;
  }

  async *#make(copy: PartialCopy, target: string, signal: AbortSignal): AsyncGenerator<BackupProgress, MadeBackup, undefined> {
    const { usedBytes } = this.#engine.mapUse();
    this.#checkRoom(dirname(target), usedBytes);
    try {
      const copyIt = (signal: AbortSignal) => runTask<"copy">({ type: "copy", dir: this.#dir, to: copy.folder }, signal);
      yield* toldOften(copyIt, signal, () => {
        this.#checkRoom(dirname(target), 0);
        return progress("copying", copy.byteSize, usedBytes);
      });
    } finally {
      this.#engine.forgetDeadReaders(); // a process that was killed is one
    }

    const byteSize = copy.byteSize;
    const checked = yield* check(copy, byteSize, signal);
    yield* toldOften(
      () => copy.flush(),
      signal,
      () => progress("flushing", 0, byteSize),
    );
    await keep(copy);
    const { headPosition, storeId } = checked;
    return { type: "made", path: target, byteSize, headPosition, storeId };
  }

  /** The store grows meanwhile, so that its own disk counts too. */
  #checkRoom(folder: string, neededBytes: number): void {
    for (const [disk, needed] of [
      [folder, neededBytes],
      [this.#dir, 0],
    ] as const) {
      const room = roomBytes(disk);
      if (room - needed >= BACKUP_ROOM_LEFT_BYTES) continue;
      throw new SeglogError("STORE_FULL", "a backup would leave too little room on a disk; free some, or make it on another disk", {
        metadata: { room_bytes: String(room), needed_bytes: String(needed + BACKUP_ROOM_LEFT_BYTES) },
      });
    }
  }
}

async function beginCopy(target: string): Promise<PartialCopy> {
  try {
    return await PartialCopy.begin(target);
  } catch (error) {
    if (error instanceof UnsafeFolderError) throw badPath(`cannot be made: ${error.message}`);
    throw error;
  }
}

async function* check(copy: PartialCopy, byteSize: number, signal: AbortSignal): AsyncGenerator<BackupProgress, CheckedStore, undefined> {
  const checkIt = (signal: AbortSignal) => runTask<"check">({ type: "check", dir: copy.folder }, signal);
  try {
    return yield* toldOften(checkIt, signal, () => progress("verifying", 0, byteSize));
  } catch (error) {
    if (!(error instanceof DamagedCopyError)) throw error;
    throw new SeglogError("CHECKSUM_MISMATCH", `the copy was not kept, for the store is damaged: ${error.message}`, { cause: error });
  }
}

async function keep(copy: PartialCopy): Promise<void> {
  try {
    await copy.keepAsNew();
  } catch (error) {
    throw errorCode(error) === "EEXIST" ? takenPath() : error;
  }
}

function progress(phase: BackupPhase, doneBytes: number, totalBytes: number): BackupProgress {
  return { type: "progress", phase, doneBytes, totalBytes: Math.max(doneBytes, totalBytes) };
}
