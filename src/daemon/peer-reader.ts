import { loadPeerReader, NoPeerCredentialsError, type ReadPeer } from "../access/peer-credentials.js";
import type { DaemonConfig } from "./config/load-config.js";
import { SocketPathError } from "./socket-errors.js";
import { asksWhoConnects } from "./unix-door.js";

/**
 * What tells who connects, where a setting asks for it.
 *
 * @throws SocketPathError where it cannot be told: a rule that cannot be kept is no rule, so nobody is served
 */
export async function peerReaderFor({ listen, connectionsPerUserMax }: DaemonConfig): Promise<ReadPeer | undefined> {
  const asking = listen.find(asksWhoConnects);
  const what = asking === undefined ? undefined : `the rule about users of unix:${asking.path}`;
  const asks = what ?? (connectionsPerUserMax === undefined ? undefined : "connections-per-user-max");
  if (asks === undefined) return undefined;
  try {
    return await loadPeerReader();
  } catch (error) {
    if (!(error instanceof NoPeerCredentialsError)) throw error;
    throw new SocketPathError(
      `${asks} needs to know who connects, which cannot be told here: ${error.message}; mend that, or leave it out`,
      {
        cause: error,
      },
    );
  }
}
