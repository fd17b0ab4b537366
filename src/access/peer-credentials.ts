import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { endianness } from "node:os";

/** The user at the other end of a Unix socket, as the kernel knew it when that connected. */
export interface PeerCredentials {
  readonly uid: number;
  /** Its main group and all others. */
  readonly gids: readonly number[];
}

/** Reads the credentials of whoever connected; undefined where the kernel does not tell. */
export type ReadPeer = (socket: Socket) => PeerCredentials | undefined;

/** This machine cannot say who connects. The message says why. */
export class NoPeerCredentialsError extends Error {
  override readonly name = "NoPeerCredentialsError";
}

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const SO_PEERGROUPS = 59;

/** struct ucred: process, user, group. */
const UCRED_BYTES = 12;
const UID_AT = 4;
const GID_AT = 8;
const GID_BYTES = 4;

/** What stands for nobody: the kernel's answer about TCP. */
const NO_ID = 0xffff_ffff;

/** Groups of a process at most (NGROUPS_MAX of Linux). */
const GROUPS_MAX = 65_536;

/** Room for groups at first; few are in more. */
const GROUPS_USUAL = 64;

const DECLARATION = "int getsockopt(int fd, int level, int name, _Out_ void *value, _Inout_ uint32_t *bytes)";

/**
 * Loads what reads the credentials of peers: getsockopt(2), which Node does not have, through koffi.
 *
 * @throws NoPeerCredentialsError where koffi is not installed or cannot be used here
 */
export async function loadPeerReader(): Promise<ReadPeer> {
  if (process.platform !== "linux" || endianness() !== "LE") throw new NoPeerCredentialsError("that is known for little-endian Linux only");
  const readPeer = readerOf(await loadGetsockopt());
  await prove(readPeer);
  return readPeer;
}

/** As it is declared below; koffi's own types are not there where koffi is not. */
type Getsockopt = (fd: number, level: number, name: number, value: Buffer, bytes: number[]) => unknown;

async function loadGetsockopt(): Promise<Getsockopt> {
  try {
    const { default: koffi } = await import("koffi");
    return koffi.load(null).func(DECLARATION);
  } catch (error) {
    throw new NoPeerCredentialsError("the optional package koffi cannot be loaded", { cause: error });
  }
}

/** Connects to a socket of our own, without a file: the kernel must say that it is us who do. */
async function prove(readPeer: ReadPeer): Promise<void> {
  const server = createServer().listen(`\0seglog-${randomBytes(16).toString("hex")}`);
  try {
    await once(server, "listening");
    const client = connect(String(server.address()));
    const [accepted] = (await once(server, "connection")) as [Socket]; // as Node's documentation says
    const peer = readPeer(accepted);
    for (const socket of [client, accepted]) socket.destroy();
    if (peer === undefined || peer.uid !== process.geteuid?.() || !peer.gids.includes(process.getegid?.() ?? -1)) {
      throw new NoPeerCredentialsError("the kernel's answer about a connection of our own is not us");
    }
  } finally {
    server.close();
  }
}

function readerOf(getsockopt: Getsockopt): ReadPeer {
  return (socket) => {
    const fd = descriptorOf(socket);
    if (fd === undefined) return undefined;
    const ucred = option(getsockopt, { fd, name: SO_PEERCRED, bytes: UCRED_BYTES });
    const groups =
      option(getsockopt, { fd, name: SO_PEERGROUPS, bytes: GROUPS_USUAL * GID_BYTES }) ??
      option(getsockopt, { fd, name: SO_PEERGROUPS, bytes: GROUPS_MAX * GID_BYTES });
    if (ucred?.length !== UCRED_BYTES || ucred.readUInt32LE(UID_AT) === NO_ID) return undefined;
    const gids = Array.from({ length: (groups?.length ?? 0) / GID_BYTES }, (_, i) => groups?.readUInt32LE(i * GID_BYTES) ?? 0);
    return { uid: ucred.readUInt32LE(UID_AT), gids: [ucred.readUInt32LE(GID_AT), ...gids] };
  };
}

/** The value of an option of a socket; undefined where there is none, or it is longer. */
function option(
  getsockopt: Getsockopt,
  { fd, name, bytes }: { readonly fd: number; readonly name: number; readonly bytes: number },
): Buffer | undefined {
  const value = Buffer.alloc(bytes);
  const length = [bytes];
  const failed = getsockopt(fd, SOL_SOCKET, name, value, length);
  return failed === 0 ? value.subarray(0, length[0]) : undefined;
}

/** Node keeps it where nobody promises that it stays; what is not there is not guessed. */
function descriptorOf(socket: Socket): number | undefined {
  const handle: unknown = "_handle" in socket ? socket._handle : undefined;
  if (typeof handle !== "object" || handle === null || !("fd" in handle)) return undefined;
  return typeof handle.fd === "number" && handle.fd >= 0 ? handle.fd : undefined;
}
