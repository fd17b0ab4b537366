/*
 * The schema of the store, all of it. Every key begins with the tag of its table,
 * numbers are big-endian so that key order is number order, ids are their 16 bytes,
 * the name of a namespace ends with a 0.
 *
 *   table              key                                    value
 *   M  store meta      M name                                 see tables/store-meta.ts
 *   A  sessions        A session                              creation
 *   B  dependents      B base-segment count(8) fork-segment   -
 *   C  membership      C session segment                      -
 *   D  deletion marks  D kind(1) session-or-segment [name]    position of its last deletion in that namespace
 *   E  session events  E session position(8)                  -
 *   G  namespaces      G name 0 kind(1) session-or-segment    -
 *   I  segment index   I segment first-index(8)               first position: points into F
 *   N  turns           N segment turn(8)                      index of the first turn end with it
 *   P  purges          P                                      removals that are under way
 *   Q  request ids     Q digest-of-id(16)                     digest of the request, time, answer
 *   R  their expiry    R time(8) digest-of-id(16)             -
 *   S  segment heads   S segment                              what is kept about a segment
 *   T  tokens          T token                                what it allows, digest of it
 *   X  traces          X segment first-index(8)               records of one AppendTrace
 *   \xff  the feed     \xff first-position(8)                 entries of a segment, or an event
 *
 * The feed is a database of its own in the environment (see engine.ts), so that its next key is always
 * the last and LMDB appends it to a full page instead of splitting one. Tables are one file each; values
 * carry a checksum of their own (values/sealed.ts), but for I, whose every value is checked against the
 * record that it points to.
 */

/** Tags of the tables, in key order. */
export const TABLE = {
  storeMeta: 0x4d,
  sessions: 0x41,
  dependents: 0x42,
  membership: 0x43,
  deletionMarks: 0x44,
  sessionEvents: 0x45,
  namespaces: 0x47,
  segmentIndex: 0x49,
  turns: 0x4e,
  purges: 0x50,
  requestIds: 0x51,
  requestExpiry: 0x52,
  segmentHeads: 0x53,
  tokens: 0x54,
  traces: 0x58,
  feed: 0xff,
} as const;

const NUMBER_BYTES = 8;

/** Builds a key: the table's tag, then ids and other bytes as they are, numbers as 8 bytes. */
export function key(tag: number, ...parts: readonly (Uint8Array | number | bigint)[]): Buffer {
  let size = 1;
  for (const part of parts) size += typeof part === "object" ? part.length : NUMBER_BYTES;
  const bytes = Buffer.allocUnsafe(size);
  bytes[0] = tag;
  let at = 1;
  for (const part of parts) {
    if (typeof part === "object") {
      bytes.set(part, at);
      at += part.length;
    } else {
      bytes.writeBigUInt64BE(BigInt(part), at);
      at += NUMBER_BYTES;
    }
  }
  return bytes;
}

/** The number in the last 8 bytes of a key. */
export function lastNumber(ofKey: Buffer): number {
  return Number(ofKey.readBigUInt64BE(ofKey.length - NUMBER_BYTES));
}

/** The first key behind all that begin with `prefix`. */
export function keyAfter(prefix: Uint8Array): Buffer {
  const bytes = Buffer.from(prefix);
  for (let i = bytes.length - 1; i >= 0; i--) {
    const byte = bytes[i] ?? 0;
    if (byte === 0xff) continue;
    bytes[i] = byte + 1;
    return bytes.subarray(0, i + 1);
  }
  return Buffer.alloc(prefix.length + 1, 0xff);
}
