import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { errorCode } from "../error-code.js";

/** File systems on which neither locks nor flushes nor shared maps can be relied upon, by what statfs(2) calls them. */
const UNSAFE_MAGICS = {
  nfs: [0x6969],
  smb: [0x517b, 0xff534d42, 0xfe534d42],
  "9p": [0x01021997],
  fuse: [0x65735546],
  ceph: [0x00c36400],
  afs: [0x5346414f, 0x6b414653],
  vboxsf: [0x786f4256],
} as const satisfies Record<string, readonly number[]>;

/** The name of a file system that no store is kept on, unless it is allowed by name. */
export type UnsafeFileSystem = keyof typeof UNSAFE_MAGICS;

/** Their names. CIFS is `smb`, virtiofs is `fuse`: the system does not tell them apart. */
export const UNSAFE_FILE_SYSTEMS = Object.keys(UNSAFE_MAGICS) as readonly UnsafeFileSystem[]; // keys() forgets which there are

/** The store would be on a file system that cannot keep its promises. */
export class UnsafeFileSystemError extends Error {
  override readonly name = "UnsafeFileSystemError";

  constructor(
    readonly folder: string,
    readonly fileSystem: UnsafeFileSystem,
  ) {
    super(
      `folder ${folder} is on ${fileSystem}, whose locks and flushes cannot be relied upon; wanted a local ext4 or xfs, ` +
        `or --unsafe-allow-fs ${fileSystem} to do without the promises`,
    );
  }
}

/**
 * Checks what a folder is on, or would be on once it is made.
 *
 * @param allowed the one that is put up with
 * @throws UnsafeFileSystemError
 */
export function checkFileSystem(folder: string, allowed: UnsafeFileSystem | undefined): void {
  const found = unsafeFileSystem(typeOf(resolve(folder)));
  if (found !== undefined && found !== allowed) throw new UnsafeFileSystemError(folder, found);
}

/** The unsafe file system with a magic number of statfs(2), which may come as a negative one; undefined for any other. */
export function unsafeFileSystem(magic: number): UnsafeFileSystem | undefined {
  return UNSAFE_FILE_SYSTEMS.find((name) => (UNSAFE_MAGICS[name] as readonly number[]).includes(magic >>> 0)); // any number may be asked for
}

/** Of the folder, or of the nearest one above it that is there. What cannot be looked at is found out when it is made. */
function typeOf(folder: string): number {
  try {
    return statfsSync(folder).type;
  } catch (error) {
    const parent = dirname(folder);
    return errorCode(error) !== "ENOENT" || parent === folder ? 0 : typeOf(parent);
  }
}
