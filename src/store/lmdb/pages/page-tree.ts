import type { KeyRange, KeyValue } from "../engine.js";
import { DamagedPageError } from "./damaged-page-error.js";
import type { PageFile } from "./page-file.js";
import { HEADER_BYTES, PAGE_FLAGS } from "./page-layout.js";
import { type TreeRoot, treeRootAt } from "./root-pages.js";
import { type LargeValue, TreePage } from "./tree-page.js";

/** Keys from `from` on and below `below`; from the first, or to the last, where undefined. */
export interface KeyBounds {
  readonly from: Uint8Array | undefined;
  readonly below: Uint8Array | undefined;
}

/** Is told of a page that cannot be read as part of a tree, and which keys are missed with it. May throw. */
export type OnDamage = (error: DamagedPageError, missed: KeyBounds) => void;

/** Checked pages that are kept. */
const KEPT_PAGES_MAX = 4096;

/** A leaf with the keys that it may hold. */
interface Leaf extends KeyBounds {
  readonly page: TreePage;
}

/** Reads one tree of a file: each page is checked before it is followed, and of what lies below a damaged one nothing is given. */
export class PageTree {
  readonly #file: PageFile;
  readonly #root: TreeRoot;
  readonly #transaction: number;
  readonly #onDamage: OnDamage;
  readonly #pages = new Map<number, TreePage>();

  constructor(file: PageFile, root: TreeRoot, transaction: number, onDamage: OnDamage) {
    this.#file = file;
    this.#root = root;
    this.#transaction = transaction;
    this.#onDamage = onDamage;
  }

  /** The value of a key. */
  get(key: Uint8Array): Buffer | undefined {
    for (const { page } of this.#leaves({ start: key, end: key })) {
      const index = page.firstAtOrAbove(key);
      if (index < page.nodeCount && page.keyAt(index).equals(key)) return Buffer.from(this.#valueOf(page, index));
    }
    return undefined;
  }

  /** The tree that hangs on a key of this one. */
  rootAt(key: Uint8Array): TreeRoot | undefined {
    for (const { page } of this.#leaves({ start: key, end: key })) {
      const index = page.firstAtOrAbove(key);
      if (index === page.nodeCount || !page.keyAt(index).equals(key) || !page.isTreeAt(index)) continue;
      return treeRootAt(this.#valueOf(page, index), 0);
    }
    return undefined;
  }

  /** Keys and values of a range, as the engine gives them. */
  *range(range: KeyRange): Iterable<KeyValue> {
    const { start, end, reverse = false } = range;
    for (const { page } of this.#leaves(range)) {
      if (reverse) {
        for (let index = Math.min(page.firstAtOrAbove(start), page.nodeCount - 1); index >= 0; index--) {
          const key = page.keyAt(index);
          if (key.compare(start) > 0) continue;
          if (key.compare(end) <= 0) return;
          if (!page.isTreeAt(index)) yield this.#entryAt(page, index);
        }
      } else {
        for (let index = page.firstAtOrAbove(start); index < page.nodeCount; index++) {
          if (page.keyAt(index).compare(end) >= 0) return;
          if (!page.isTreeAt(index)) yield this.#entryAt(page, index);
        }
      }
    }
  }

  /** What stands on a leaf, whether this tree leads there or not. */
  *entriesOn(number: number): Iterable<KeyValue> {
    const page = this.page(number, true);
    for (let index = 0; index < page.nodeCount; index++) if (!page.isTreeAt(index)) yield this.#entryAt(page, index);
  }

  /** All values. */
  *values(): Iterable<Buffer> {
    for (const { page } of this.#leaves()) {
      for (let index = 0; index < page.nodeCount; index++) yield this.#valueOf(page, index);
    }
  }

  /** A page of the tree, checked. */
  page(number: number, isLeaf: boolean): TreePage {
    const known = this.#pages.get(number);
    if (known !== undefined && known.isLeaf === isLeaf) return known;
    const { hasIntegerKeys } = this.#root;
    const page = new TreePage(this.#file.page(number), { number, isLeaf, transaction: this.#transaction, hasIntegerKeys });
    if (this.#pages.size >= KEPT_PAGES_MAX) this.#pages.clear();
    this.#pages.set(number, page);
    return page;
  }

  /** Bytes of a value with pages of its own, the first of which is checked. */
  largeValue({ page, pageCount, byteSize }: LargeValue): Buffer {
    checkLargeValue(this.#file, { page, pageCount, byteSize }, this.#transaction);
    return this.#file.bytesFrom(page, HEADER_BYTES + byteSize).subarray(HEADER_BYTES);
  }

  #entryAt(page: TreePage, index: number): KeyValue {
    const tree = this;
    let value: Buffer | undefined;
    return {
      key: Buffer.from(page.keyAt(index)),
      // Who goes through keys alone does not pay for the values.
      get value() {
        value ??= page.largeAt(index) === undefined ? Buffer.from(page.valueAt(index)) : tree.#valueOf(page, index);
        return value;
      },
    };
  }

  /** A large value whose page is damaged is one that fails every checksum. */
  #valueOf(page: TreePage, index: number): Buffer {
    const large = page.largeAt(index);
    if (large === undefined) return page.valueAt(index);
    try {
      return this.largeValue(large);
    } catch (error) {
      if (error instanceof DamagedPageError) return Buffer.alloc(0);
      throw error;
    }
  }

  /** The leaves in which keys of a range would stand; without one, all. */
  *#leaves(range?: KeyRange): Iterable<Leaf> {
    const { page: root, depth } = this.#root;
    if (root === undefined) return;
    const reverse = range?.reverse ?? false;
    const [lowest, highest] = reverse ? [range?.end, range?.start] : [range?.start, range?.end];
    const stack = [{ number: root, depth, from: undefined as Uint8Array | undefined, below: undefined as Uint8Array | undefined }];
    for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
      let page: TreePage;
      try {
        page = this.page(place.number, place.depth === 1);
        checkBounds(page, place, place.number);
      } catch (error) {
        if (!(error instanceof DamagedPageError)) throw error;
        this.#onDamage(error, place);
        continue;
      }
      if (page.isLeaf) {
        yield { page, from: place.from, below: place.below };
        continue;
      }
      const first = lowest === undefined ? 0 : page.nodeFor(lowest);
      const last = highest === undefined ? page.nodeCount - 1 : page.nodeFor(highest);
      const children = Array.from({ length: last - first + 1 }, (_, i) => childOf(page, first + i, place));
      stack.push(...(reverse ? children : children.reverse()));
    }
  }
}

/** Where a page of a tree stands: on which level (1 is that of leaves), and which keys it may hold. */
export interface TreePlace extends KeyBounds {
  readonly number: number;
  readonly depth: number;
}

/** The place of a branch's child. */
export function childOf(page: TreePage, index: number, { depth, from, below }: TreePlace): TreePlace {
  return {
    number: page.childAt(index),
    depth: depth - 1,
    from: index === 0 ? from : page.keyAt(index),
    below: index + 1 < page.nodeCount ? page.keyAt(index + 1) : below,
  };
}

/**
 * Checks that a page's keys are within what its parents say of it.
 *
 * @throws DamagedPageError
 */
export function checkBounds(page: TreePage, { from, below }: KeyBounds, number: number): void {
  const first = page.isLeaf ? 0 : 1;
  if (page.nodeCount <= first) return;
  if (from !== undefined && page.firstAtOrAbove(from, first) !== first)
    throw new DamagedPageError(number, "has keys below those that it may hold");
  if (below !== undefined && page.firstAtOrAbove(below, first) !== page.nodeCount) {
    throw new DamagedPageError(number, "has keys above those that it may hold");
  }
}

/**
 * Checks the first page of a large value.
 *
 * @throws DamagedPageError
 */
export function checkLargeValue(file: PageFile, { page, pageCount, byteSize }: LargeValue, transaction: number): void {
  if (pageCount !== Math.ceil((HEADER_BYTES + byteSize) / file.pageBytes))
    throw new DamagedPageError(page, `does not hold a value of ${byteSize} bytes`);
  if ((page + pageCount) * file.pageBytes > file.byteSize) throw new DamagedPageError(page, "lies behind the end of the file");
  const header = file.bytesFrom(page, HEADER_BYTES);
  const isTheOne =
    Number(header.readBigUInt64LE(0)) === page &&
    Number(header.readBigUInt64LE(8)) <= transaction &&
    header.readUInt16LE(18) === PAGE_FLAGS.overflow &&
    header.readUInt32LE(20) === pageCount;
  if (!isTheOne) throw new DamagedPageError(page, "is not the first page of a large value");
}
