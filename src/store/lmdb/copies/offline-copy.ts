import type { BackupPhase } from "../../store-backups.js";
import type { UnsafeFileSystem } from "../file-system.js";

/** How far a copy is that is made without a daemon. In bytes. */
export interface CopyStep {
  readonly phase: BackupPhase;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What goes with work on a store that no daemon has open. */
export interface OfflineCopyOptions {
  /** The data folder. */
  readonly dir: string;
  /** A file system that the store may be on all the same. */
  readonly unsafeAllowFs?: UnsafeFileSystem | undefined;
  /** Ends the work; nothing of it is left. */
  readonly signal: AbortSignal;
  /** Is told how far it is. */
  readonly onStep: (step: CopyStep) => void;
}

/** There is not enough room for a copy. */
export class NoRoomError extends Error {
  override readonly name = "NoRoomError";

  private constructor({ folder, neededBytes, roomBytes }: Room) {
    super(`a copy needs ${neededBytes} bytes in ${folder}, and its disk has ${roomBytes}; free some, nothing was changed`);
  }

  /** @throws NoRoomError where a copy would not fit */
  static check(room: Room): void {
    if (room.neededBytes > room.roomBytes) throw new NoRoomError(room);
  }
}

interface Room {
  readonly folder: string;
  readonly neededBytes: number;
  readonly roomBytes: number;
}

/** A folder that a store is to be made in holds something. */
export class TakenFolderError extends Error {
  override readonly name = "TakenFolderError";

  constructor(folder: string, names: readonly string[]) {
    super(`folder ${folder} is not empty (${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""}); wanted an empty one, or none`);
  }
}

/** A folder holds no store. */
export class NoStoreError extends Error {
  override readonly name = "NoStoreError";

  constructor(folder: string) {
    super(`there is no store in ${folder}`);
  }
}
