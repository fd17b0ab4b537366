/** What a backup is busy with: pages are copied, the copy is checked, and then flushed. */
export type BackupPhase = "copying" | "verifying" | "flushing";

/** How far a backup is, in bytes: told while pages are copied, of which it is an estimate how many there are; 0 otherwise. */
export interface BackupProgress {
  readonly type: "progress";
  readonly phase: BackupPhase;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** A copy of the store, whole and durable. */
export interface MadeBackup {
  readonly type: "made";
  readonly path: string;
  readonly byteSize: number;
  /** Position of the last thing in it. */
  readonly headPosition: number;
  /** Of the store that it is a copy of. ULID. */
  readonly storeId: string;
}

/** What there is to tell of a backup. */
export type BackupStep = BackupProgress | MadeBackup;

/** Makes copies of a store while it is written to. Engines that have tools of their own for that need not offer it. */
export interface StoreBackups {
  /**
   * Copies the store into a file that is not there yet: progress, then what was made. The copy has everything that was
   * acknowledged before the call, and of what came later a prefix. Whoever leaves the iteration, or aborts the signal,
   * ends it, and nothing is left behind.
   *
   * @throws SeglogError INVALID_FIELD (the path), TOO_MANY_IN_FLIGHT, STORE_FULL, CHECKSUM_MISMATCH
   */
  backup(path: string, signal: AbortSignal): AsyncIterable<BackupStep>;
}
