import { DamagedCopyError } from "../store/lmdb/copies/check-store.js";
import { NoRoomError, NoStoreError, TakenFolderError } from "../store/lmdb/copies/offline-copy.js";
import { HalfStoreError } from "../store/lmdb/copies/unfinished-copy.js";
import { UnsafeFileSystemError } from "../store/lmdb/file-system.js";
import { MissingStoreError } from "../store/lmdb/missing-store-error.js";
import { StoreLockedError } from "../store/lmdb/store-lock.js";
import { NewerFormatError } from "../store/lmdb/tables/store-meta.js";
import { UnsafeFolderError } from "../store/unsafe-folder-error.js";
import { CommandError } from "./command-error.js";
import { EXIT, type ExitCode } from "./exit-code.js";

/** What a command that opens a store itself ends with where it cannot be had; any other error as it is. */
export function storeRefusal(error: unknown): unknown {
  const exitCode = storeExitCode(error);
  return exitCode !== undefined && error instanceof Error ? new CommandError(exitCode, error.message, error) : error;
}

/** The exit code that says why a store cannot be had; undefined for any other error. */
export function storeExitCode(error: unknown): ExitCode | undefined {
  if (error instanceof StoreLockedError) return EXIT.storeLocked;
  if (error instanceof NewerFormatError) return EXIT.newerFormat;
  if (error instanceof UnsafeFolderError) return EXIT.unsafeFolder;
  if (error instanceof HalfStoreError || error instanceof MissingStoreError) return EXIT.storeMissing;
  if (error instanceof UnsafeFileSystemError) return EXIT.unsafeFileSystem;
  if (error instanceof DamagedCopyError) return EXIT.notWhole;
  if (error instanceof NoStoreError) return EXIT.notFound;
  if (error instanceof TakenFolderError) return EXIT.conflict;
  if (error instanceof NoRoomError) return EXIT.failed;
  return undefined;
}
