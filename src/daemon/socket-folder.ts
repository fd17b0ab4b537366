import { chmodSync, chownSync, lstatSync, mkdirSync, type Stats, statSync } from "node:fs";
import { errorCode } from "../store/error-code.js";
import { octalMode } from "../store/octal-mode.js";
import { ownUid } from "../store/own-uid.js";
import { UnsafeFolderError } from "../store/unsafe-folder-error.js";

const ROOT_UID = 0;
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/** Who is to get at the socket. */
export interface SocketAccess {
  readonly socketMode: number;
  readonly gid: number | undefined;
}

/**
 * Makes sure that nobody else can put a socket of theirs in the place of ours.
 *
 * A missing folder is created for us alone (0700); where the socket is open to its group or to all,
 * these may pass through it (0710, 0711) but neither list nor change it. A folder that is there is left
 * as it is: it is ours or root's, and others may not write to it unless it is sticky as /tmp is, where
 * nobody can move what is another's. A symbolic link is followed where it is ours or root's (`/var/run`).
 *
 * @returns whether those whom `access` lets in can pass through the folder
 * @throws UnsafeFolderError
 */
export function prepareSocketFolder(folder: string, access: SocketAccess): boolean {
  if (!isThere(folder)) createFolder(folder, access);
  checkOwner(folder, lstatSync(folder));
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat?.isDirectory() !== true) throw new UnsafeFolderError(folder, "is no folder; wanted one to keep the socket in");
  checkOwner(folder, stat);
  if ((stat.mode & WRITABLE_BY_OTHERS) !== 0 && (stat.mode & STICKY) === 0) {
    throw new UnsafeFolderError(folder, `has mode ${octalMode(stat.mode)}, so that others may replace the socket; wanted 0700`);
  }
  return (passageFor(access.socketMode) & ~stat.mode) === 0;
}

function isThere(folder: string): boolean {
  return lstatSync(folder, { throwIfNoEntry: false }) !== undefined;
}

function createFolder(folder: string, { socketMode, gid }: SocketAccess): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (gid !== undefined) chownSync(folder, ownUid(), gid);
    chmodSync(folder, 0o700 | passageFor(socketMode));
  } catch (error) {
    throw new UnsafeFolderError(folder, `cannot be created for the socket: ${errorCode(error)}`, error);
  }
}

function checkOwner(folder: string, { uid }: Stats): void {
  if (uid === ownUid() || uid === ROOT_UID) return;
  throw new UnsafeFolderError(
    folder,
    `belongs to user ${uid}, who may replace the socket; wanted user ${ownUid()}, who runs this, or root`,
  );
}

/** The right to pass through a folder, for those who have any right to the socket in it. */
function passageFor(socketMode: number): number {
  return ((socketMode & 0o070) === 0 ? 0 : 0o010) | ((socketMode & 0o007) === 0 ? 0 : 0o001);
}
