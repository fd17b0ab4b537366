import { listenOnInherited } from "./inherited-socket.js";
import { listenOnPath } from "./listen-on-path.js";
import type { Listening, ListenParams } from "./listening.js";

/**
 * Listens on the socket that systemd handed over, or else on a path of the file system.
 *
 * @param env the environment that systemd says it in; what it says is removed, so that no child believes it too
 * @throws SocketInUseError, SocketPathError, UnsafeFolderError, LockToolError
 */
export async function listen(params: ListenParams, env: NodeJS.ProcessEnv): Promise<Listening> {
  return (await listenOnInherited(params, env)) ?? listenOnPath(params);
}
