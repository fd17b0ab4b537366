/** Bytes of a root as LMDB writes it, in one write: what lies behind its fixed beginning. */
export const ROOT_BYTES = 128;

const PAGE_BYTES = 4096;

/** Of the beginning: a magic number, the version of the format, an address. */
const MAGIC = 0xbeefc0de;
const BEGINNING_BYTES = 16;

/** Where in a root its transaction stands. */
const TRANSACTION_AT = 112;

/** One of the two roots of a data file. */
export interface Root {
  /** Of the part that is written, in the file. */
  readonly at: number;
  /** The number of the transaction that wrote it. */
  readonly transaction: number;
}

/** The two roots of a data file, the newer one first. */
export function rootsOf(file: Buffer): readonly [Root, Root] {
  const [first, second] = [0, PAGE_BYTES].map((page) => rootIn(file, page));
  if (first === undefined || second === undefined) throw new Error("a data file has two roots");
  return first.transaction > second.transaction ? [first, second] : [second, first];
}

function rootIn(file: Buffer, page: number): Root {
  for (let at = page; at < page + 64; at += 4) {
    if (file.readUInt32LE(at) !== MAGIC) continue;
    const begin = at + BEGINNING_BYTES;
    return { at: begin, transaction: Number(file.readBigUInt64LE(begin + TRANSACTION_AT)) };
  }
  throw new Error(`there is no root in the page at ${page}`);
}
