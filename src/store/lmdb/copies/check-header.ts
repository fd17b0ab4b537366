import { closeSync, openSync, readSync } from "node:fs";
import { DamagedStoreError } from "./check-store.js";

/** Where LMDB's first page has the word that says whose it is, and the word. */
const MAGIC_AT = 24;
const MAGIC = 0xbeefc0de;

/**
 * Checks that a file begins as one of LMDB does. LMDB itself may be ended by one that does not.
 *
 * @throws DamagedStoreError
 */
export function checkHeader(file: string): void {
  const start = Buffer.alloc(MAGIC_AT + Uint32Array.BYTES_PER_ELEMENT);
  const fd = openSync(file, "r");
  try {
    readSync(fd, start, 0, start.length, 0);
  } finally {
    closeSync(fd);
  }
  if (start.readUInt32LE(MAGIC_AT) !== MAGIC) throw new DamagedStoreError("it does not begin as a store does");
}
