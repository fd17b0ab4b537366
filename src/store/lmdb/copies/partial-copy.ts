import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, statSync } from "node:fs";
import { chmod, link, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode } from "../../error-code.js";
import { lockFile } from "../../file-lock.js";
import { flushFile, flushFolder } from "../../flush.js";
import { ownUid } from "../../own-uid.js";
import { UnsafeFolderError } from "../../unsafe-folder-error.js";
import { DATA_FILE } from "../engine.js";

/** What a copy that is not finished has behind its name. */
export const PARTIAL_SUFFIX = ".partial";

/**
 * A store that is being put together in a folder beside the name that it is to have. Whatever ends its making, under that
 * name it is whole or not at all; the folder that may be left then is taken over by whoever makes it again.
 */
export class PartialCopy {
  /** A folder of a store: its data file is what gets the name in the end. */
  readonly folder: string;
  readonly #target: string;
  readonly #fd: number;

  private constructor(target: string, folder: string, fd: number) {
    this.#target = target;
    this.folder = folder;
    this.#fd = fd;
  }

  /**
   * Makes the folder, or takes over and empties the one that an interrupted copy left.
   *
   * @throws UnsafeFolderError where something else stands there, or another process makes the same copy now
   */
  static async begin(target: string): Promise<PartialCopy> {
    const folder = `${target}${PARTIAL_SUFFIX}`;
    const fd = openOwn(folder);
    try {
      if (!(await lockFile(fd))) throw new UnsafeFolderError(folder, "is in use; wanted no other copy of the same name under way");
      if (lstatSync(folder, { throwIfNoEntry: false })?.ino !== fstatSync(fd).ino) {
        throw new UnsafeFolderError(folder, "was removed while it was taken; wanted it left alone");
      }
      for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    return new PartialCopy(target, folder, fd);
  }

  /** The data file. */
  get file(): string {
    return join(this.folder, DATA_FILE);
  }

  /** Size of the data file as far as it is; 0 where it is not there yet. */
  get byteSize(): number {
    return statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Makes the data file durable. */
  async flush(): Promise<void> {
    await chmod(this.file, 0o600);
    await flushFile(this.file);
  }

  /**
   * Gives the data file its name, at which nothing is yet.
   *
   * @throws Error EEXIST where something has come there meanwhile
   */
  async keepAsNew(): Promise<void> {
    await link(this.file, this.#target); // unlike a rename it replaces nothing
    await flushFolder(dirname(this.#target));
  }

  /** Gives the data file its name, in the place of what is there. */
  async replace(): Promise<void> {
    await rename(this.file, this.#target);
    await flushFolder(dirname(this.#target));
  }

  /** Removes the folder with what is in it. */
  async remove(): Promise<void> {
    try {
      await rm(this.folder, { recursive: true, force: true });
    } finally {
      closeSync(this.#fd);
    }
  }
}

function openOwn(folder: string): number {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw new UnsafeFolderError(folder, `cannot be made: ${errorCode(error)}`, error);
  }
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const fd = openChecked(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (fstatSync(fd).uid === ownUid()) return fd;
  closeSync(fd);
  throw new UnsafeFolderError(folder, "is another user's; wanted none, or one that an interrupted copy left");
}

function openChecked(folder: string, flags: number): number {
  try {
    return openSync(folder, flags);
  } catch (error) {
    throw new UnsafeFolderError(folder, `is in the way (${errorCode(error)}); wanted none, or one that an interrupted copy left`, error);
  }
}
