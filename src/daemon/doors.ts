import { createServer } from "node:net";
import { loadPeerReader, NoPeerCredentialsError, type ReadPeer } from "../access/peer-credentials.js";
import type { ListenEntry } from "./config/listen-entry.js";
import type { DaemonConfig } from "./config/load-config.js";
import { type Door, type DoorParts, gatesOf } from "./door.js";
import { listen } from "./listen.js";
import { SocketPathError } from "./socket-errors.js";
import { tcpDoor } from "./tcp-door.js";
import { asksWhoConnects, unixDoor } from "./unix-door.js";

/**
 * The doors of a daemon: first its main socket, which systemd may hand over, then the others in the order of the settings.
 *
 * @param env in which systemd says that it hands a socket over; what it says is removed, so that no child believes it too
 * @throws SocketPathError where a door cannot be as it was asked for
 */
export async function doorsOf(
  config: DaemonConfig,
  parts: Omit<DoorParts, "readPeer"> & { readonly env: NodeJS.ProcessEnv },
): Promise<readonly [Door, ...Door[]]> {
  const doorParts = { ...parts, readPeer: await peerReaderFor(config.listen) };
  const others = config.listen.map((entry) => (entry.transport === "unix" ? unixDoor(entry, doorParts) : tcpDoor(entry, doorParts)));
  return [mainDoor(config, parts), ...others];
}

function mainDoor(config: DaemonConfig, { log, env, book }: Omit<DoorParts, "readPeer"> & { readonly env: NodeJS.ProcessEnv }): Door {
  const { socketPath, socketMode, socketGroup, socketRole: role, socketTokens: tokens } = config;
  const listener = createServer();
  const params = { server: listener, socketPath, socketMode, socketGroup, log };
  return { listener, gateOf: gatesOf({ role, tokens, book }), role, tokens, listen: () => listen(params, env) };
}

/** A rule that cannot be kept is no rule: where it cannot be told who connects, nobody is served. */
async function peerReaderFor(entries: readonly ListenEntry[]): Promise<ReadPeer | undefined> {
  const asking = entries.find(asksWhoConnects);
  if (asking === undefined) return undefined;
  try {
    return await loadPeerReader();
  } catch (error) {
    if (!(error instanceof NoPeerCredentialsError)) throw error;
    throw new SocketPathError(
      `uids and gids of unix:${asking.path} ask who connects, which cannot be told here: ${error.message}; mend that, or leave them out`,
      { cause: error },
    );
  }
}
