import type { TokenRule } from "../../access/token-gate.js";
import type { Role } from "../../model/caller.js";

/** A Unix socket beside the first one. */
export interface UnixListenEntry {
  readonly transport: "unix";
  /** Absolute. */
  readonly path: string;
  /** The most that callers on it may do. */
  readonly role: Role;
  /** Whether callers on it send tokens. */
  readonly tokens: TokenRule;
  readonly mode: number;
  /** Group of the socket, by name or number. */
  readonly group: string | undefined;
}

/** Where else a daemon listens, and who may do what there. */
export type ListenEntry = UnixListenEntry;
