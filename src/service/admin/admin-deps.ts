import type { LiveToken } from "../../access/live-token.js";
import type { TokenBook } from "../../access/token-book.js";
import type { MadeBackup, StoreBackups } from "../../store/store-backups.js";
import type { ServiceDeps } from "../deps.js";

/** What the use cases of AdminService work with, beside what those of SegmentService do. */
export interface AdminDeps extends ServiceDeps {
  readonly backups: StoreBackups;
  /** Is told of each backup that was made. */
  readonly onBackup: (made: MadeBackup) => void;
  readonly tokens: TokenBook;
  /** Is told of what operators did to a token. */
  readonly onTokenChange: (what: "created" | "revoked", token: LiveToken) => void;
}
