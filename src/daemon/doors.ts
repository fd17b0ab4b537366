import type { Socket } from "node:net";
import { createServer } from "node:net";
import { type Gate, openGate } from "../access/gate.js";
import type { TokenBook } from "../access/token-book.js";
import { TokenGate, type TokenRule } from "../access/token-gate.js";
import type { Role } from "../model/caller.js";
import type { Entrance } from "../transport/grpc-server.js";
import type { ListenEntry } from "./config/listen-entry.js";
import type { DaemonConfig } from "./config/load-config.js";
import { listenOnInherited } from "./inherited-socket.js";
import { listenOnPath } from "./listen-on-path.js";
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
}

/** What doors need beside their settings. */
export interface DoorParts {
  readonly book: TokenBook;
  readonly log: Logger;
  /** The environment in which systemd says that it hands a socket over; what it says is removed, so that no child believes it too. */
  readonly env: NodeJS.ProcessEnv;
}

/** The doors of a daemon: first its main socket, which systemd may hand over, then the others in the order of the settings. */
export function doorsOf(config: DaemonConfig, parts: DoorParts): readonly [Door, ...Door[]] {
  return [mainDoor(config, parts), ...config.listen.map((entry) => unixDoor(entry, parts))];
}

function mainDoor(config: DaemonConfig, { log, env, book }: DoorParts): Door {
  const { socketPath, socketMode, socketGroup, socketRole: role, socketTokens: tokens } = config;
  const listener = createServer();
  const params = { server: listener, socketPath, socketMode, socketGroup, log };
  const listen = async () => (await listenOnInherited(params, env)) ?? listenOnPath(params);
  return { listener, gateOf: gatesOf({ role, tokens, book }), role, tokens, listen };
}

function unixDoor({ path, mode, group, role, tokens }: ListenEntry, { log, book }: DoorParts): Door {
  const listener = createServer();
  const params = { server: listener, socketPath: path, socketMode: mode, socketGroup: group, log };
  return { listener, gateOf: gatesOf({ role, tokens, book }), role, tokens, listen: () => listenOnPath(params) };
}

/** Gates of connections, by the rules of a door. */
function gatesOf(rules: { readonly role: Role; readonly tokens: TokenRule; readonly book: TokenBook }): (socket: Socket) => Gate {
  const { role, tokens, book } = rules;
  const open = openGate(role);
  return () => (tokens === "off" ? open : new TokenGate({ role, rule: tokens, book }));
}
