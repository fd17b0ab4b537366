import { crc32 } from "node:zlib";

/*
 * LMDB notices no flipped bit, so every value carries a CRC-32 of its key and its body: a value that
 * was damaged, or that stands under another key, is found out before it is used.
 */

/** Bytes that a seal adds in front of a body. */
export const SEAL_BYTES = 4;

/** What was found where a sealed value should stand. Callers name the segment and the index. */
export class BrokenSealError extends Error {
  override readonly name = "BrokenSealError";

  constructor(
    readonly key: Uint8Array,
    cause?: unknown,
  ) {
    super(`the value of key ${Buffer.from(key).toString("hex")} fails its checksum`, cause === undefined ? undefined : { cause });
  }
}

/** Writes the seal of a value whose body stands behind its first SEAL_BYTES bytes. */
export function seal(key: Uint8Array, value: Buffer): Buffer {
  value.writeUInt32LE(crc32(value.subarray(SEAL_BYTES), crc32(key)), 0);
  return value;
}

/**
 * Checks a value's seal and gives its body.
 *
 * @throws BrokenSealError
 */
export function unseal(key: Uint8Array, value: Buffer): Buffer {
  if (!isSealed(key, value)) throw new BrokenSealError(key);
  return value.subarray(SEAL_BYTES);
}

/** Whether a value's seal holds. */
export function isSealed(key: Uint8Array, value: Buffer): boolean {
  return value.length >= SEAL_BYTES && value.readUInt32LE(0) === crc32(value.subarray(SEAL_BYTES), crc32(key));
}
