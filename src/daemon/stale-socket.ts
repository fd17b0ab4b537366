import { lstatSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { errorCode } from "../store/error-code.js";
import { ownUid } from "../store/own-uid.js";
import { SocketInUseError, SocketPathError } from "./socket-errors.js";

/**
 * Removes the socket that a daemon left behind when it was killed, and nothing else.
 *
 * @throws SocketInUseError where somebody answers on it
 * @throws SocketPathError where something else stands there, or a socket of another user
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket()) throw new SocketPathError(`${path} is there and no socket; wanted a socket or nothing, remove it or set --socket`);
  if (stat.uid !== ownUid()) {
    throw new SocketPathError(`the socket ${path} belongs to user ${stat.uid}; wanted user ${ownUid()}, who runs this`);
  }
  const refusal = await probe(path);
  if (refusal === "ENOENT") return;
  // A full backlog (EAGAIN), or anything else that is not a refusal, is a sign of life.
  if (refusal !== "ECONNREFUSED") throw new SocketInUseError(path);
  unlinkSync(path);
}

/** The code that a connection is refused with; undefined where it comes about. */
function probe(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("error", (error) => {
      socket.destroy();
      resolve(errorCode(error) ?? error.name);
    });
    socket.once("connect", () => {
      socket.destroy();
      resolve(undefined);
    });
  });
}
