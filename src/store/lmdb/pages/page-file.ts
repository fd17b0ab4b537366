import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { DamagedPageError } from "./damaged-page-error.js";

/** Pages that are read at once: neighbours in a file are mostly neighbours in a tree. */
const BLOCK_PAGES = 2;

/** Blocks that are kept. */
const BLOCKS_MAX = 2048;

/** A database file, read page by page as plain bytes: whatever stands in it, reading it harms nobody. */
export class PageFile {
  readonly #fd: number;
  readonly byteSize: number;
  readonly #blocks = new Map<number, Buffer>();
  /** Known once the roots are read. In bytes. */
  pageBytes = 4096;

  /** @throws Error where it cannot be opened */
  constructor(path: string) {
    this.#fd = openSync(path, "r");
    this.byteSize = fstatSync(this.#fd).size;
  }

  /**
   * A page, whole. The bytes are shared.
   *
   * @throws DamagedPageError where the file ends before
   */
  page(number: number): Buffer {
    this.#checkThere(number, this.pageBytes);
    const block = this.#block(Math.floor(number / BLOCK_PAGES));
    const at = (number % BLOCK_PAGES) * this.pageBytes;
    return block.subarray(at, at + this.pageBytes);
  }

  /**
   * Bytes from a page's beginning on, as many as one likes.
   *
   * @throws DamagedPageError where the file ends before
   */
  bytesFrom(number: number, byteCount: number): Buffer {
    this.#checkThere(number, byteCount);
    return this.#read(number * this.pageBytes, byteCount);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #block(number: number): Buffer {
    const kept = this.#blocks.get(number);
    if (kept !== undefined) return kept;
    const at = number * BLOCK_PAGES * this.pageBytes;
    const block = this.#read(at, Math.min(BLOCK_PAGES * this.pageBytes, this.byteSize - at));
    if (this.#blocks.size === BLOCKS_MAX)
      for (const oldest of this.#blocks.keys()) {
        this.#blocks.delete(oldest);
        break;
      }
    this.#blocks.set(number, block);
    return block;
  }

  #read(at: number, byteCount: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(byteCount);
    if (readSync(this.#fd, bytes, 0, byteCount, at) === byteCount) return bytes;
    throw new DamagedPageError(Math.floor(at / this.pageBytes), "cannot be read whole");
  }

  #checkThere(number: number, byteCount: number): void {
    if (!(number >= 0 && number * this.pageBytes + byteCount <= this.byteSize))
      throw new DamagedPageError(number, "lies behind the end of the file");
  }
}
