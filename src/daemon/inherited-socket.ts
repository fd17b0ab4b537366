import { once } from "node:events";
import { fstatSync, readFileSync, statSync } from "node:fs";
import type { Server } from "node:net";
import { errorCode } from "../store/error-code.js";
import { octalMode } from "../store/octal-mode.js";
import type { Listening, ListenParams } from "./listening.js";
import { SocketPathError } from "./socket-errors.js";

/** systemd numbers what it hands over from here (sd_listen_fds(3)). */
const FIRST_FD = 3;

const ACCEPTS_CONNECTIONS = 0x10000;
const STREAM_TYPE = 1;

/**
 * Listens on the socket that systemd handed to this process, if it did. Mode, owner and removal of
 * such a socket are systemd's.
 *
 * @returns undefined where nothing was handed over, or to another process
 * @throws SocketPathError where it is not one listening stream socket of the file system
 */
export async function listenOnInherited(params: ListenParams, env: NodeJS.ProcessEnv): Promise<Listening | undefined> {
  const { LISTEN_PID: pid, LISTEN_FDS: count } = env;
  for (const name of ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]) delete env[name];
  if (pid !== String(process.pid) || count === undefined) return undefined;
  if (count !== "1") throw new SocketPathError(`${count} sockets were handed over (LISTEN_FDS); wanted one`);

  const path = checkSocket();
  if (path !== undefined) warnOfMode(path, params);
  const { server } = params;
  await listenOnFd(server);
  return { server, address: path ?? `fd ${FIRST_FD}`, close: () => closeServer(server) };
}

async function listenOnFd(server: Server): Promise<void> {
  server.listen({ fd: FIRST_FD });
  await once(server, "listening").catch((error: unknown) => {
    throw refusal(`cannot be listened on (${errorCode(error)})`, error);
  });
  // A Unix socket that came as a descriptor has no address in Node; a TCP socket has one.
  if (server.address() === null) return;
  server.close();
  throw refusal("is a TCP socket");
}

async function closeServer(server: Server): Promise<void> {
  if (server.listening) server.close();
}

/** The socket's path. Undefined where the kernel does not list it: it was made in another network namespace. */
function checkSocket(): string | undefined {
  const inode = inodeOf();
  const row = readFileSync("/proc/self/net/unix", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/ +/))
    .find((columns) => columns[6] === inode);
  if (row === undefined) return undefined;
  const [, , , flags = "0", type = "0", , , ...path] = row;
  if (Number.parseInt(type, 16) !== STREAM_TYPE) throw refusal("is a Unix socket of another type than stream");
  if ((Number.parseInt(flags, 16) & ACCEPTS_CONNECTIONS) === 0) throw refusal("does not listen");
  if (path[0] === undefined || path[0].startsWith("@")) throw refusal("has no path, and so no permissions");
  return path.join(" ");
}

function inodeOf(): string {
  try {
    const stat = fstatSync(FIRST_FD, { bigint: true });
    if (stat.isSocket()) return String(stat.ino);
  } catch (error) {
    throw refusal(`is not open (${errorCode(error)})`, error);
  }
  throw refusal("is no socket");
}

function warnOfMode(path: string, { socketMode, log }: ListenParams): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || (mode & 0o777 & ~socketMode) === 0) return;
  log.warn("the inherited socket is open to more than socket-mode says; set SocketMode= in its unit", {
    socket: path,
    mode: octalMode(mode),
    wanted_mode: octalMode(socketMode),
  });
}

function refusal(what: string, cause?: unknown): SocketPathError {
  return new SocketPathError(
    `descriptor ${FIRST_FD}, which was handed over (LISTEN_FDS), ${what}; wanted a listening stream socket of the file system`,
    { cause },
  );
}
