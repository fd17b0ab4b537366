import { ROOT_PAGES } from "../pages/page-layout.js";
import type { PageReader } from "../pages/page-reader.js";
import type { PageTree } from "../pages/page-tree.js";
import type { Check } from "./check.js";

const FREE = 2;
const USED = 1;

/** Which pages are in use, and which are free: a page that is both would be written over. */
export class PageUse {
  readonly #check: Check;
  readonly #use: Uint8Array;
  /** Pages that the file has: where the last ones are free, they may not be there. */
  readonly #filePages: number;
  #isFreeKnown = false;

  constructor(check: Check, { root, file }: PageReader) {
    this.#check = check;
    this.#use = new Uint8Array(root.lastPage + 1);
    this.#filePages = Math.floor(file.byteSize / root.pageBytes);
  }

  /** Notes that a page is in use; false where it cannot be looked at, which is told. */
  take(page: number): boolean {
    const last = Math.min(this.#use.length, this.#filePages) - 1;
    if (page < ROOT_PAGES || page > last) {
      this.#check.find(`a tree leads to page ${page}, and the last one is ${last}`);
      return false;
    }
    if (this.#use[page] !== 0) {
      this.#check.find(`page ${page} is in use twice`);
      return false;
    }
    this.#use[page] = USED;
    return true;
  }

  /** Whether the list of free pages is one, so that a page in neither is one that was lost. */
  get isFreeKnown(): boolean {
    return this.#isFreeKnown;
  }

  /** Whether a page is neither in use nor free. */
  isLost(page: number): boolean {
    return this.#use[page] === 0;
  }

  /** Goes through the list of free pages. */
  checkFree({ trees }: PageReader): void {
    const tree = trees.find(({ name }) => name === "free pages")?.tree;
    if (tree === undefined) return;
    this.#isFreeKnown = true;
    for (const page of freePages(tree, this.#use.length)) {
      if (page < ROOT_PAGES || page >= this.#use.length)
        this.#check.find(`page ${page} is free, and the last one is ${this.#use.length - 1}`);
      else if (this.#use[page] === USED) this.#check.find(`page ${page} is in use, and free too`);
      else if (this.#use[page] === FREE) this.#check.find(`page ${page} is free twice`);
      else this.#use[page] = FREE;
    }
    const missing = this.#use.subarray(this.#filePages).findIndex((use) => use !== FREE);
    if (missing !== -1) this.#check.find(`page ${this.#filePages + missing} is not free, and lies behind the end of the file`);
  }
}

/**
 * The numbers of free pages. A list begins with its length; then a number is a page, one below 0 says how many pages in a
 * row begin with the next, and 0 says nothing.
 */
function* freePages(tree: PageTree, pageCount: number): Iterable<number> {
  for (const value of tree.values()) {
    if (value.length < 8) continue;
    const length = Math.min(Number(value.readBigInt64LE(0)), value.length / 8 - 1);
    for (let i = 1; i <= length; i++) {
      const number = Number(value.readBigInt64LE(8 * i));
      if (number > 0) yield number;
      if (number >= 0 || i === length) continue;
      const first = Number(value.readBigInt64LE(8 * ++i));
      // A row that cannot be is told by its first page.
      const count = first >= ROOT_PAGES && first - number <= pageCount ? -number : 1;
      for (let offset = 0; offset < count; offset++) yield first + offset;
      if (count !== -number) yield pageCount;
    }
  }
}
