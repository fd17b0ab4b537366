import { lstatSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { invalidField, type SeglogError } from "../../../model/errors.js";
import { BACKUP_PATH_BYTES_MAX } from "../../../model/limits.js";
import { errorCode } from "../../error-code.js";
import { octalMode } from "../../octal-mode.js";
import { ownUid } from "../../own-uid.js";

const ROOT_UID = 0;
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/**
 * Checks where a backup is to be made: nobody else can put something in its place, and the store is not written into.
 *
 * @returns the path, with the links of its folder followed
 * @throws SeglogError INVALID_FIELD
 */
export function checkedBackupPath(path: string, storeFolder: string): string {
  if (!isAbsolute(path)) throw badPath("must be absolute: it is one of the daemon's machine");
  if (path.includes("\0")) throw badPath("must have no zero byte");
  if (Buffer.byteLength(path) > BACKUP_PATH_BYTES_MAX) throw badPath(`is longer than ${BACKUP_PATH_BYTES_MAX} bytes`);
  const name = basename(path);
  if (path.endsWith("/") || name === "." || name === "..") throw badPath("must end in the name of a file");

  const folder = realFolder(dirname(path));
  checkSafe(statSync(folder));
  if (isWithin(realpathSync(storeFolder), folder)) throw badPath("is inside the data folder");
  const target = join(folder, name);
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) throw takenPath();
  return target;
}

/** Something is where the backup is to be made. */
export function takenPath(): SeglogError {
  return badPath("is taken: something is there already");
}

/** The backup cannot be made at its path. The description reads on from "path". */
export function badPath(description: string): SeglogError {
  return invalidField("path", description);
}

function isWithin(outer: string, folder: string): boolean {
  const way = relative(outer, folder);
  return way !== ".." && !way.startsWith("../");
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch (error) {
    throw badPath(`is in a folder that cannot be found (${errorCode(error)})`);
  }
}

function checkSafe(stat: Stats): void {
  if (!stat.isDirectory()) throw badPath("is in something that is no folder");
  if (stat.uid !== ownUid() && stat.uid !== ROOT_UID) throw badPath(`is in a folder of user ${stat.uid}, who may replace it`);
  if ((stat.mode & WRITABLE_BY_OTHERS) !== 0 && (stat.mode & STICKY) === 0) {
    throw badPath(`is in a folder with mode ${octalMode(stat.mode)}, so that others may replace it`);
  }
}
