import type { MadeBackup, StoreBackups } from "../store/store-backups.js";

/** What the use cases of operators work with. */
export interface AdminDeps {
  readonly backups: StoreBackups;
  /** Is told of each backup that was made. */
  readonly onBackup: (made: MadeBackup) => void;
  /** Aborts when the daemon begins to stop. */
  readonly stopping: AbortSignal;
}
