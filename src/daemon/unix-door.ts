import { createServer, type Socket } from "node:net";
import { asksForPeer, type PeerRule, peerGate } from "../access/peer-rule.js";
import { groupId, userId } from "./account-id.js";
import type { ListenEntry, UnixListenEntry } from "./config/listen-entry.js";
import { type Door, type DoorParts, gatesOf } from "./door.js";
import { listenOnPath } from "./listen-on-path.js";

/** Whether an entry has rules about who connects. */
export function asksWhoConnects(entry: ListenEntry): entry is UnixListenEntry {
  return entry.transport === "unix" && entry.uids.length + entry.gids.length > 0;
}

/**
 * A Unix socket beside the main one.
 *
 * @throws SocketPathError where there is no user or group of a name
 */
export function unixDoor(entry: UnixListenEntry, { log, book, readPeer }: DoorParts): Door {
  const { path, mode, group, role, tokens } = entry;
  const listener = createServer();
  const rule: PeerRule = { uids: entry.uids.map(userId), gids: entry.gids.map(groupId) };
  const gateOf = gatesOf({ role, tokens, book });
  const gateForPeer = (socket: Socket) => {
    if (!asksForPeer(rule)) return gateOf(socket);
    return peerGate(rule, { peer: readPeer?.(socket), gate: gateOf(socket) });
  };
  const params = { server: listener, socketPath: path, socketMode: mode, socketGroup: group, log };
  return { listener, gateOf: gateForPeer, role, tokens, listen: () => listenOnPath(params) };
}
