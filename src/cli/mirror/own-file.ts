import { constants, type FileHandle, lstat, open } from "node:fs/promises";
import { errorCode } from "../../store/error-code.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";

const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;

/**
 * Opens a plain file of the copy to read and to write, with mode 0600.
 *
 * @param mode whether it is made where it is not there
 * @returns undefined where it is not there and is not to be made
 * @throws CommandError where something else stands there, such as a symbolic link, which would lead out of the copy
 */
export async function openOwnFile(path: string, mode: "make" | "only if there"): Promise<FileHandle | undefined> {
  const flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | (mode === "make" ? O_CREAT : 0);
  let file: FileHandle;
  try {
    file = await open(path, flags, 0o600);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" && mode === "only if there") return undefined;
    if (code === "ELOOP" || code === "EISDIR" || code === "ENXIO") throw noPlainFile(path, error);
    throw error;
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw noPlainFile(path);
}

/**
 * Whether a folder of the copy is there.
 *
 * @throws CommandError where something else stands there, such as a symbolic link, which would lead out of the copy
 */
export async function isOwnFolder(path: string): Promise<boolean> {
  const there = await lstat(path).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  });
  if (there !== undefined && !there.isDirectory()) throw noOwnFolder(path);
  return there !== undefined;
}

/** Something else than a folder stands where the copy would have one. */
export function noOwnFolder(path: string): CommandError {
  return new CommandError(EXIT.failed, `${path} is no folder of its own; wanted one of the copy, or nothing there`);
}

function noPlainFile(path: string, cause?: unknown): CommandError {
  return new CommandError(EXIT.failed, `${path} is no plain file; wanted one of the copy, or nothing there`, cause);
}
