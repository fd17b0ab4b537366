import { DamagedPageError } from "./damaged-page-error.js";
import { HEADER_BYTES, LARGE_REFERENCE_BYTES, NODE_BYTES, NODE_FLAGS, PAGE_FLAGS, TREE_BYTES } from "./page-layout.js";

/** A value that is too large for a leaf: where it stands. */
export interface LargeValue {
  readonly page: number;
  readonly pageCount: number;
  readonly byteSize: number;
}

/** What a page must be to belong where it was found. */
export interface PagePlace {
  readonly number: number;
  readonly isLeaf: boolean;
  /** Number of the last transaction: a page of a later one cannot be part of it. */
  readonly transaction: number;
  readonly hasIntegerKeys: boolean;
}

/**
 * A branch or a leaf of a tree, of which every offset and size has been checked: nothing that is asked of it afterwards
 * leads out of the page.
 */
export class TreePage {
  readonly #bytes: Buffer;
  readonly #hasIntegerKeys: boolean;
  readonly isLeaf: boolean;
  readonly nodeCount: number;

  /** @throws DamagedPageError */
  constructor(bytes: Buffer, place: PagePlace) {
    this.#bytes = bytes;
    this.#hasIntegerKeys = place.hasIntegerKeys;
    this.isLeaf = place.isLeaf;
    this.nodeCount = bytes.readUInt16LE(20) >>> 1;
    const problem = this.#headerProblem(place) ?? this.#nodesProblem();
    if (problem !== undefined) throw new DamagedPageError(place.number, problem);
  }

  /** A view of a node's key; that of a branch's first node says nothing. */
  keyAt(index: number): Buffer {
    const at = this.#nodeAt(index);
    return this.#bytes.subarray(at + NODE_BYTES, at + NODE_BYTES + this.#bytes.readUInt16LE(at + 6));
  }

  /** The page that a branch's node leads to. */
  childAt(index: number): number {
    const at = this.#nodeAt(index);
    return this.#bytes.readUInt32LE(at) + this.#bytes.readUInt16LE(at + 4) * 2 ** 32;
  }

  /** Where a leaf's value stands that is too large for it. */
  largeAt(index: number): LargeValue | undefined {
    const at = this.#nodeAt(index);
    if (!this.#has(at, NODE_FLAGS.large)) return undefined;
    const valueAt = at + NODE_BYTES + this.#bytes.readUInt16LE(at + 6);
    return {
      page: Number(this.#bytes.readBigUInt64LE(valueAt)),
      pageCount: Number(this.#bytes.readBigUInt64LE(valueAt + 16)),
      byteSize: this.#bytes.readUInt32LE(at),
    };
  }

  /** A view of a leaf's value that stands in it. */
  valueAt(index: number): Buffer {
    const at = this.#nodeAt(index);
    const byteSize = this.#bytes.readUInt32LE(at);
    const valueAt = at + NODE_BYTES + this.#bytes.readUInt16LE(at + 6);
    return this.#bytes.subarray(valueAt, valueAt + byteSize);
  }

  /** Whether a leaf's value describes a tree. */
  isTreeAt(index: number): boolean {
    return this.#has(this.#nodeAt(index), NODE_FLAGS.tree);
  }

  /** Whether two keys of nodes stand in their order, and are not the same. */
  isInOrder(lower: number, higher: number): boolean {
    if (this.#hasIntegerKeys) return this.#compareKey(lower, this.keyAt(higher)) < 0;
    // Byte by byte: it is done for every key of a file, and a view of each would take several times as long.
    const bytes = this.#bytes;
    let [at, other] = [this.#nodeAt(lower), this.#nodeAt(higher)];
    const [length, otherLength] = [bytes.readUInt16LE(at + 6), bytes.readUInt16LE(other + 6)];
    at += NODE_BYTES;
    other += NODE_BYTES;
    for (const end = at + Math.min(length, otherLength); at < end; at++, other++) {
      const difference = (bytes[at] ?? 0) - (bytes[other] ?? 0);
      if (difference !== 0) return difference < 0;
    }
    return length < otherLength;
  }

  /** The first node whose key is not below one; `nodeCount` where all are. */
  firstAtOrAbove(key: Uint8Array, from = 0): number {
    let low = from;
    let high = this.nodeCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compareKey(middle, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The branch's node below which a key would stand. */
  nodeFor(key: Uint8Array): number {
    const next = this.firstAtOrAbove(key, 1);
    return next < this.nodeCount && this.#compareKey(next, key) === 0 ? next : next - 1;
  }

  #compareKey(index: number, key: Uint8Array): number {
    if (this.#hasIntegerKeys) {
      const [own, other] = [this.keyAt(index).readBigUInt64LE(), Buffer.from(key).readBigUInt64LE()];
      return own < other ? -1 : Number(own > other);
    }
    const bytes = this.#bytes;
    const at = this.#nodeAt(index);
    const length = bytes.readUInt16LE(at + 6);
    const start = at + NODE_BYTES;
    const common = Math.min(length, key.length);
    for (let i = 0; i < common; i++) {
      const difference = (bytes[start + i] ?? 0) - (key[i] ?? 0);
      if (difference !== 0) return difference;
    }
    return length - key.length;
  }

  #nodeAt(index: number): number {
    return HEADER_BYTES + this.#bytes.readUInt16LE(HEADER_BYTES + 2 * index);
  }

  #has(nodeAt: number, flag: number): boolean {
    return (this.#bytes.readUInt16LE(nodeAt + 4) & flag) !== 0;
  }

  #headerProblem({ number, isLeaf, transaction }: PagePlace): string | undefined {
    const bytes = this.#bytes;
    if (Number(bytes.readBigUInt64LE(0)) !== number) return "has the number of another page";
    if (Number(bytes.readBigUInt64LE(8)) > transaction) return "is of a transaction that has not been";
    if (bytes.readUInt16LE(16) !== 0) return "has a header that nobody writes";
    if (bytes.readUInt16LE(18) !== (isLeaf ? PAGE_FLAGS.leaf : PAGE_FLAGS.branch)) return isLeaf ? "is no leaf" : "is no branch";
    return undefined;
  }

  /** Nodes fill their part of the page without gaps, so that no offset and no size can be another one unnoticed. */
  #nodesProblem(): string | undefined {
    const bytes = this.#bytes;
    const room = bytes.length - HEADER_BYTES;
    const lower = bytes.readUInt16LE(20);
    const upper = bytes.readUInt16LE(22);
    if (lower % 2 !== 0 || lower === 0 || lower > upper || upper > room) return "has bounds that cannot be";
    let filled = 0;
    for (let index = 0; index < this.nodeCount; index++) {
      const offset = bytes.readUInt16LE(HEADER_BYTES + 2 * index);
      if (offset < upper || offset % 2 !== 0 || offset + NODE_BYTES > room) return `has a node ${index} outside its nodes`;
      const size = this.#nodeSize(HEADER_BYTES + offset);
      if (size === undefined) return `has a node ${index} of an unknown kind`;
      if (offset + size > room) return `has a node ${index} that reaches over its end`;
      filled += size + (size % 2);
    }
    if (filled !== room - upper) return "has nodes that do not fill it";
    const first = this.isLeaf ? 0 : 1;
    for (let index = first + 1; index < this.nodeCount; index++) {
      if (!this.isInOrder(index - 1, index)) return `has a key ${index} out of order`;
    }
    return undefined;
  }

  #nodeSize(at: number): number | undefined {
    const bytes = this.#bytes;
    const keyBytes = bytes.readUInt16LE(at + 6);
    if (this.#hasIntegerKeys && keyBytes !== 8 && (this.isLeaf || keyBytes !== 0)) return undefined;
    if (!this.isLeaf) return NODE_BYTES + keyBytes;
    const valueBytes = bytes.readUInt32LE(at);
    switch (bytes.readUInt16LE(at + 4)) {
      case 0:
        return NODE_BYTES + keyBytes + valueBytes;
      case NODE_FLAGS.large:
        return NODE_BYTES + keyBytes + LARGE_REFERENCE_BYTES;
      case NODE_FLAGS.tree:
        return valueBytes === TREE_BYTES ? NODE_BYTES + keyBytes + valueBytes : undefined;
      default:
        return undefined;
    }
  }
}
