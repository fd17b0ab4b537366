import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, chownSync, closeSync, constants, lstatSync, openSync, renameSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { dirname, join } from "node:path";
import { errorCode } from "../store/error-code.js";
import { lockFile } from "../store/file-lock.js";
import { octalMode } from "../store/octal-mode.js";
import { ownUid } from "../store/own-uid.js";
import { groupId } from "./account-id.js";
import type { Listening, ListenParams } from "./listening.js";
import { SocketPathError } from "./socket-errors.js";
import { prepareSocketFolder, type SocketAccess } from "./socket-folder.js";
import { removeStaleSocket } from "./stale-socket.js";

/** Longest path of a socket: what fits into sockaddr_un with the zero at its end. */
export const SOCKET_PATH_BYTES_MAX = 107;

/** How long others who set a socket up in the same folder are waited for. */
const FOLDER_LOCK_MS = 3000;

/**
 * Listens on a path of the file system.
 *
 * 1. The folder is made or checked, and locked against others who set up a socket in it: two who find
 *    the same stale socket would otherwise remove each other's new one.
 * 2. What stands at the path is removed where it is a socket of ours that nobody answers on.
 * 3. The socket is bound under a temporary name that nobody knows, open to nobody else.
 * 4. It gets its group, its mode and its name, in this order: under its name it never has another mode.
 *
 * @throws SocketInUseError, SocketPathError, UnsafeFolderError, LockToolError
 */
export async function listenOnPath(params: ListenParams): Promise<Listening> {
  const { server, socketPath, socketMode, socketGroup, log } = params;
  const folder = dirname(socketPath);
  const temporaryPath = join(folder, `.${randomBytes(4).toString("hex").slice(0, 7)}`);
  checkLength(socketPath, temporaryPath);
  const access: SocketAccess = { socketMode, gid: socketGroup === undefined ? undefined : groupId(socketGroup) };
  if (!prepareSocketFolder(folder, access)) {
    log.warn("the folder of the socket lets those not through whom the socket's mode lets in", {
      folder,
      socket_mode: octalMode(socketMode),
    });
  }

  const folderFd = await lockFolder(folder);
  try {
    await removeStaleSocket(socketPath);
    await bind(temporaryPath, params);
    try {
      moveInPlace(temporaryPath, socketPath, access);
      return { server, address: socketPath, close: closeOf(server, socketPath) };
    } catch (error) {
      server.close();
      rmSync(temporaryPath, { force: true });
      throw new SocketPathError(`the socket ${socketPath} cannot be set up: ${errorCode(error)}`, { cause: error });
    }
  } finally {
    closeSync(folderFd);
  }
}

function checkLength(...paths: readonly string[]): void {
  for (const path of paths) {
    const bytes = Buffer.byteLength(path);
    if (bytes <= SOCKET_PATH_BYTES_MAX) continue;
    throw new SocketPathError(
      `the socket's path ${path} has ${bytes} bytes; the system takes ${SOCKET_PATH_BYTES_MAX} at most, set --socket`,
    );
  }
}

async function lockFolder(folder: string): Promise<number> {
  const fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    if (await lockFile(fd, FOLDER_LOCK_MS)) return fd;
    throw new SocketPathError(`somebody has held a lock on folder ${folder} for ${FOLDER_LOCK_MS} ms; wanted it to set the socket up`);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

async function bind(path: string, { server, socketPath }: ListenParams): Promise<void> {
  const umaskBefore = process.umask(0o177);
  try {
    server.listen(path); // binds before it returns, so that no other file falls under this mask
  } finally {
    process.umask(umaskBefore);
  }
  await once(server, "listening").catch((error: unknown) => {
    throw new SocketPathError(`the socket ${socketPath} cannot be bound: ${errorCode(error)}`, { cause: error });
  });
}

function moveInPlace(from: string, to: string, { socketMode, gid }: SocketAccess): void {
  if (gid !== undefined) chownSync(from, ownUid(), gid);
  chmodSync(from, socketMode);
  renameSync(from, to);
}

/** Node removes the name that it bound, which is gone by now; the final one is ours to remove. */
function closeOf(server: Server, path: string): () => Promise<void> {
  const made = identityOf(path);
  let isClosed = false;
  return async () => {
    if (isClosed) return;
    isClosed = true;
    if (identityOf(path) === made) rmSync(path, { force: true });
    if (server.listening) server.close();
  };
}

/** Its birth belongs to it: once nobody listens any more, a new file may get the same number. */
function identityOf(path: string): string | undefined {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.dev} ${stat.ino} ${stat.birthtimeNs}`;
}
