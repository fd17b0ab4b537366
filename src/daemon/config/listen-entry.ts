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
  /** Users who may connect, by name or number; with `gids` the only ones, where either has any. */
  readonly uids: readonly string[];
  /** Groups whose members may connect, by name or number. */
  readonly gids: readonly string[];
}

/** An address of TCP. Callers on it always send tokens. */
export interface TcpListenEntry {
  readonly transport: "tcp";
  /** An IP address, or localhost. */
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly role: Role;
  /** What TLS needs; plain text where unset, which is for loopback alone. */
  readonly tls: TlsFiles | undefined;
}

/** Files in PEM, by absolute path. */
export interface TlsFiles {
  /** The daemon's certificate, with what leads to its authority. */
  readonly cert: string;
  readonly key: string;
  /** Authorities that clients' certificates must be of. */
  readonly clientCa: string;
}

/** Where else a daemon listens, and who may do what there. */
export type ListenEntry = UnixListenEntry | TcpListenEntry;

/** The entry's place as a person would say it. */
export function placeOf(entry: ListenEntry): string {
  if (entry.transport === "unix") return `unix:${entry.path}`;
  return `tcp:${entry.host.includes(":") ? `[${entry.host}]` : entry.host}:${entry.port}`;
}
