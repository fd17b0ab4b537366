import { createServer } from "node:net";
import type { DaemonConfig } from "./config/load-config.js";
import { type Door, type DoorParts, gatesOf } from "./door.js";
import { listen } from "./listen.js";
import { tcpDoor } from "./tcp-door.js";
import { unixDoor } from "./unix-door.js";

/**
 * The doors of a daemon: first its main socket, which systemd may hand over, then the others in the order of the settings.
 *
 * @param env in which systemd says that it hands a socket over; what it says is removed, so that no child believes it too
 * @throws SocketPathError where a door cannot be as it was asked for
 */
export function doorsOf(config: DaemonConfig, parts: DoorParts & { readonly env: NodeJS.ProcessEnv }): readonly [Door, ...Door[]] {
  const others = config.listen.map((entry) => (entry.transport === "unix" ? unixDoor(entry, parts) : tcpDoor(entry, parts)));
  return [mainDoor(config, parts), ...others];
}

function mainDoor(config: DaemonConfig, { log, env, book }: DoorParts & { readonly env: NodeJS.ProcessEnv }): Door {
  const { socketPath, socketMode, socketGroup, socketRole: role, socketTokens: tokens } = config;
  const listener = createServer();
  const params = { server: listener, socketPath, socketMode, socketGroup, log };
  return { listener, gateOf: gatesOf({ role, tokens, book }), role, tokens, listen: () => listen(params, env) };
}
