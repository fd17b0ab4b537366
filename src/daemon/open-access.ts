import type { ReadPeer } from "../access/peer-credentials.js";
import { TokenBook } from "../access/token-book.js";
import type { TokenStore } from "../store/token-store.js";
import type { GrpcServerOptions } from "../transport/grpc-server.js";
import type { DaemonConfig } from "./config/load-config.js";
import type { Door } from "./door.js";
import { doorsOf } from "./doors.js";
import type { Logger } from "./log.js";
import { peerReaderFor } from "./peer-reader.js";

/** How a daemon is entered: its doors, and the tokens that are shown there. */
export interface Access {
  readonly book: TokenBook;
  readonly doors: readonly [Door, ...Door[]];
  /** Tells users apart, where each may have so many connections and no more. */
  readonly users: GrpcServerOptions["users"];
}

/**
 * Reads the tokens and sets the doors up, closed as yet.
 *
 * @throws SocketPathError where a door cannot be as it was asked for
 */
export async function openAccess(parts: {
  readonly config: DaemonConfig;
  readonly tokens: TokenStore;
  readonly newId: () => string;
  readonly log: Logger;
  readonly env: NodeJS.ProcessEnv;
}): Promise<Access> {
  const { config, tokens, newId, log, env } = parts;
  const { book, damagedCount } = await TokenBook.open({ store: tokens, newId, nowMs: Date.now });
  if (damagedCount > 0) log.warn("tokens fail their checksum, and are accepted from nobody", { count: damagedCount });
  try {
    const readPeer = await peerReaderFor(config);
    return { book, doors: doorsOf(config, { book, log, env, readPeer }), users: usersOf(config, readPeer) };
  } catch (error) {
    book.close();
    throw error;
  }
}

function usersOf({ connectionsPerUserMax }: DaemonConfig, readPeer: ReadPeer | undefined): Access["users"] {
  if (connectionsPerUserMax === undefined || readPeer === undefined) return undefined;
  return { connectionsMax: connectionsPerUserMax, uidOf: (socket) => readPeer(socket)?.uid };
}
