import { statSync } from "node:fs";

/**
 * Watches that the store's file stays the one that was opened.
 *
 * LMDB goes on writing to a file that was removed or replaced, and nobody would find again what it acknowledges;
 * in one that was cut short it would find zeros. The file only ever grows.
 */
export class DataFile {
  readonly #path: string;
  readonly #device: number;
  readonly #inode: number;
  #sizeBytes: number;

  /** @param path of the file, which is open */
  constructor(path: string) {
    this.#path = path;
    const { dev, ino, size } = statSync(path);
    this.#device = dev;
    this.#inode = ino;
    this.#sizeBytes = size;
  }

  /** @throws Error where it is gone, another one, or shorter than it was at the last look */
  check(): void {
    const stat = statSync(this.#path, { throwIfNoEntry: false });
    if (stat === undefined) throw new Error(`${this.#path} was removed while it was in use`);
    if (stat.ino !== this.#inode || stat.dev !== this.#device) throw new Error(`${this.#path} was replaced while it was in use`);
    if (stat.size < this.#sizeBytes) {
      throw new Error(`${this.#path} was cut from ${this.#sizeBytes} to ${stat.size} bytes while it was in use`);
    }
    this.#sizeBytes = stat.size;
  }
}
