import { accessSync, constants, existsSync, lstatSync, mkdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { errorCode } from "../error-code.js";
import { octalMode } from "../octal-mode.js";
import { ownUid } from "../own-uid.js";
import { UnsafeFolderError } from "../unsafe-folder-error.js";

const WRITABLE_BY_OTHERS = 0o022;
const WRITABLE_BY_ALL = 0o002;
const STICKY = 0o1000;

/**
 * Makes sure that a folder can hold a store: creates it with mode 0700 where it is missing, and
 * otherwise changes nothing.
 *
 * @param folder without a slash at the end, which would have a symbolic link followed
 * @throws UnsafeFolderError where it is a symbolic link or no folder, belongs to another user, or others may write to
 * it, or all may write to a folder above it and so put another one in its place
 */
export function prepareStoreFolder(folder: string): void {
  checkAbove(folder);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new UnsafeFolderError(folder, `can be neither found nor created: ${whyNotMade(folder) ?? errorCode(error)}`, error);
  }
  const stat = lstatSync(folder);
  if (stat.isSymbolicLink()) {
    throw new UnsafeFolderError(folder, `is a symbolic link to ${readlinkSync(folder)}; wanted a folder itself, name that one`);
  }
  if (stat.uid !== ownUid()) {
    throw new UnsafeFolderError(folder, `belongs to user ${stat.uid}; wanted user ${ownUid()}, who runs this`);
  }
  if ((stat.mode & WRITABLE_BY_OTHERS) !== 0) {
    throw new UnsafeFolderError(folder, `has mode ${octalMode(stat.mode)}, so that others may write to it; wanted 0700`);
  }
}

/** What keeps a folder from being made, as a system error's code: making it with those above it may say ENOENT for anything. */
function whyNotMade(folder: string): string | undefined {
  const above = dirname(folder);
  try {
    accessSync(above, constants.W_OK);
    return undefined;
  } catch (error) {
    const code = errorCode(error);
    return code === "ENOENT" && above !== folder ? whyNotMade(above) : code;
  }
}

/** Of those above it that are there already. */
function checkAbove(folder: string): void {
  for (let above = nearestAbove(folder), below = ""; above !== below; below = above, above = dirname(above)) {
    const { mode } = statSync(above);
    if ((mode & WRITABLE_BY_ALL) === 0 || (mode & STICKY) !== 0) continue;
    throw new UnsafeFolderError(folder, `lies in ${above} of mode ${octalMode(mode)}, where all may replace it; wanted 0755 or 1777 there`);
  }
}

function nearestAbove(folder: string): string {
  const above = dirname(folder);
  return existsSync(above) || above === folder ? realpathSync(above) : nearestAbove(above);
}
