import type { Server } from "node:net";
import type { Logger } from "./log.js";

/** A server that listens. */
export interface Listening {
  readonly server: Server;
  /** Path of the socket; `fd 3` for an inherited one that tells none. */
  readonly address: string;
  /**
   * Takes no more connections, and removes the socket where it is still the one that was made.
   * Connections that are there go on: they belong to whoever took them. Where the server was closed
   * already, the socket is removed all the same. A second call does nothing.
   */
  close(): Promise<void>;
}

/** What a daemon is to listen on. */
export interface ListenParams {
  readonly socketPath: string;
  readonly socketMode: number;
  /** Group of the socket, by name or number. */
  readonly socketGroup: string | undefined;
  /** Gets the connections. Whoever takes them is on it already, with a listener for `error` too, so that none is lost. */
  readonly server: Server;
  readonly log: Logger;
}
