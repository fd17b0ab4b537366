import { RESPONSE_BYTES } from "../limits.js";
import { WIRE_BYTES, WireReader } from "../wire/wire-reader.js";
import { varintSize, writeVarint } from "../wire/wire-writer.js";

/** Elements are packed into pieces of memory, each twice as large as the one before up to so many bytes. */
const PIECE_BYTES = RESPONSE_BYTES - 1024;
const FIRST_PIECE_BYTES = 256;

/** What is free in front of each piece. */
export const HEADROOM_BYTES = 8;

/**
 * A repeated message field that grows, kept as the bytes that encode it.
 *
 * Elements are copied in, one behind the other: that takes hardly more memory than their bytes, pins nothing of the
 * pages that they came from, and is ready to be sent.
 */
export class EncodedList {
  readonly #tag: number;
  readonly #full: Uint8Array[] = [];
  #open = new Uint8Array(0);
  #openBytes = 0;

  /** @param fieldNumber of the field, of 1 to 15: its tag is one byte */
  constructor(fieldNumber: number) {
    this.#tag = fieldNumber * 8 + WIRE_BYTES;
  }

  /** Adds a copy of the element whose encoding stands in `bytes` from `start` to `end`. */
  add(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const size = 1 + varintSize(end - start) + end - start;
    if (this.#openBytes + size > this.#open.length) this.#openPiece(size);
    this.#open[this.#openBytes] = this.#tag;
    const at = writeVarint(this.#open, this.#openBytes + 1, end - start);
    this.#open.set(bytes.subarray(start, end), at);
    this.#openBytes += size;
  }

  /**
   * The field, encoded, in pieces to be put behind each other. Each holds whole elements, and no more than about
   * RESPONSE_BYTES of several. In the memory before each are HEADROOM_BYTES for what its reader wants to write there.
   */
  *pieces(): Iterable<Uint8Array> {
    yield* this.#full;
    if (this.#openBytes > 0) yield this.#open.subarray(0, this.#openBytes);
  }

  /** The elements in order, as views. */
  *[Symbol.iterator](): Iterator<Uint8Array> {
    for (const piece of this.pieces()) {
      const reader = new WireReader(piece);
      while (reader.at < piece.length) {
        reader.tag(piece.length);
        const length = reader.length(piece.length);
        yield piece.subarray(reader.at, reader.at + length);
        reader.at += length;
      }
    }
  }

  /** The same elements, to be gone on from. Pieces that are full are shared: nothing is written to them any more. */
  copy(): EncodedList {
    const copy = new EncodedList(this.#tag >>> 3);
    copy.#full.push(...this.#full);
    if (this.#openBytes === 0) return copy;
    copy.#open = emptyPiece(this.#open.length);
    copy.#open.set(this.#open.subarray(0, this.#openBytes));
    copy.#openBytes = this.#openBytes;
    return copy;
  }

  /** Memory that its pieces take, in bytes. */
  get memoryBytes(): number {
    return this.#full.reduce((sum, piece) => sum + piece.length, this.#open.length);
  }

  #openPiece(size: number): void {
    if (this.#openBytes > 0) this.#full.push(this.#open.subarray(0, this.#openBytes));
    const pieceBytes = Math.min(PIECE_BYTES, Math.max(FIRST_PIECE_BYTES, 2 * this.#open.length));
    this.#open = emptyPiece(Math.max(size, pieceBytes));
    this.#openBytes = 0;
  }
}

function emptyPiece(size: number) {
  return new Uint8Array(HEADROOM_BYTES + size).subarray(HEADROOM_BYTES);
}
