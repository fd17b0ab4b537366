import type { Socket } from "node:net";
import { type Gate, openGate } from "../access/gate.js";
import type { ReadPeer } from "../access/peer-credentials.js";
import type { TokenBook } from "../access/token-book.js";
import { TokenGate, type TokenRule } from "../access/token-gate.js";
import type { Role } from "../model/caller.js";
import type { Entrance } from "../transport/grpc-server.js";
import type { Listening } from "./listening.js";
import type { Logger } from "./log.js";

/** A place where a daemon can be entered, and what may be done by who comes in there. */
export interface Door extends Entrance {
  readonly role: Role;
  readonly tokens: TokenRule;
  /**
   * Begins to listen.
   *
   * @throws SocketInUseError, SocketPathError, UnsafeFolderError, LockToolError
   */
  listen(): Promise<Listening>;
  /**
   * Reads certificates again, for the connections to come; undefined where there are none.
   *
   * @throws SocketPathError where they cannot be had; those from before hold on
   */
  readonly reloadCertificates?: () => void;
}

/** What doors need beside their settings. */
export interface DoorParts {
  readonly book: TokenBook;
  readonly log: Logger;
  /** Says who connects; there where a setting asks for it. */
  readonly readPeer: ReadPeer | undefined;
}

/** Gates of connections, by the rules of a door. */
export function gatesOf(rules: { readonly role: Role; readonly tokens: TokenRule; readonly book: TokenBook }): (socket: Socket) => Gate {
  const { role, tokens, book } = rules;
  const open = openGate(role);
  return () => (tokens === "off" ? open : new TokenGate({ role, rule: tokens, book }));
}
