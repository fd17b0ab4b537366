import { createServer } from "node:net";
import { openGate } from "../access/gate.js";
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
  /**
   * Begins to listen.
   *
   * @throws SocketInUseError, SocketPathError, UnsafeFolderError, LockToolError
   */
  listen(): Promise<Listening>;
}

/** What doors need beside their settings. */
export interface DoorParts {
  readonly log: Logger;
  /** The environment in which systemd says that it hands a socket over; what it says is removed, so that no child believes it too. */
  readonly env: NodeJS.ProcessEnv;
}

/** The doors of a daemon: first its main socket, which systemd may hand over, then the others in the order of the settings. */
export function doorsOf(config: DaemonConfig, parts: DoorParts): readonly [Door, ...Door[]] {
  return [mainDoor(config, parts), ...config.listen.map((entry) => unixDoor(entry, parts))];
}

function mainDoor({ socketPath, socketMode, socketGroup, socketRole: role }: DaemonConfig, { log, env }: DoorParts): Door {
  const gate = openGate(role);
  const listener = createServer();
  const params = { server: listener, socketPath, socketMode, socketGroup, log };
  return { listener, gateOf: () => gate, role, listen: async () => (await listenOnInherited(params, env)) ?? listenOnPath(params) };
}

function unixDoor({ path, mode, group, role }: ListenEntry, { log }: DoorParts): Door {
  const gate = openGate(role);
  const listener = createServer();
  const params = { server: listener, socketPath: path, socketMode: mode, socketGroup: group, log };
  return { listener, gateOf: () => gate, role, listen: () => listenOnPath(params) };
}
