import { expect, test } from "vitest";
import { HEADER_BYTES, NODE_BYTES, PAGE_FLAGS } from "../../../../src/store/lmdb/pages/page-layout.js";
import { TreePage } from "../../../../src/store/lmdb/pages/tree-page.js";

const PAGE_BYTES = 256;
const ROOM = PAGE_BYTES - HEADER_BYTES;
const VALUE_BYTES = 6;
const NODE = NODE_BYTES + 2 + VALUE_BYTES;
const PLACE = { number: 7, isLeaf: true, transaction: 9, hasIntegerKeys: false };

/** A leaf with three keys of two bytes, written as LMDB does: nodes from the end of the page on, offsets in the order of keys. */
function leaf(): Buffer {
  const page = Buffer.alloc(PAGE_BYTES);
  page.writeBigUInt64LE(7n, 0);
  page.writeBigUInt64LE(9n, 8);
  page.writeUInt16LE(PAGE_FLAGS.leaf, 18);
  page.writeUInt16LE(2 * 3, 20);
  page.writeUInt16LE(ROOM - 3 * NODE, 22);
  for (const [index, keyText] of ["aa", "bb", "cc"].entries()) {
    page.writeUInt16LE(ROOM - (index + 1) * NODE, HEADER_BYTES + 2 * index);
    const at = nodeAt(index);
    page.writeUInt32LE(VALUE_BYTES, at);
    page.writeUInt16LE(2, at + 6);
    page.write(`${keyText}value!`, at + NODE_BYTES);
  }
  return page;
}

function nodeAt(index: number): number {
  return PAGE_BYTES - (index + 1) * NODE;
}

test("a sound leaf gives its keys and values", () => {
  const page = new TreePage(leaf(), PLACE);

  expect([0, 1, 2].map((index) => `${page.keyAt(index)} ${page.valueAt(index)}`)).toEqual(["aa value!", "bb value!", "cc value!"]);
});

test.each<readonly [string, (page: Buffer) => void, string]>([
  ["the number of another", (page) => page.writeUInt8(8, 0), "has the number of another page"],
  ["a later transaction", (page) => page.writeUInt8(10, 8), "is of a transaction that has not been"],
  ["a header that is not all there is", (page) => page.writeUInt8(1, 16), "has a header that nobody writes"],
  ["the flag of a branch", (page) => page.writeUInt16LE(PAGE_FLAGS.branch, 18), "is no leaf"],
  ["a lower bound above the upper one", (page) => page.writeUInt16LE(ROOM - 3 * NODE + 2, 20), "has bounds that cannot be"],
  ["an offset below its nodes", (page) => page.writeUInt16LE(0, HEADER_BYTES), "has a node 0 outside its nodes"],
  ["a node of a flag that is unknown", (page) => page.writeUInt16LE(0x40, nodeAt(1) + 4), "has a node 1 of an unknown kind"],
  ["a value that is said to be too long for it", (page) => page.writeUInt32LE(200, nodeAt(0)), "has a node 0 that reaches over its end"],
  ["a value that is said to be shorter", (page) => page.writeUInt32LE(4, nodeAt(1)), "has nodes that do not fill it"],
  ["a value that is said to reach into the next", (page) => page.writeUInt32LE(8, nodeAt(1)), "has nodes that do not fill it"],
  ["an upper bound with nothing behind it", (page) => page.writeUInt16LE(ROOM - 3 * NODE - 2, 22), "has nodes that do not fill it"],
  ["keys out of order", (page) => page.write("zz", nodeAt(0) + NODE_BYTES), "has a key 1 out of order"],
])("a page with %s is refused", (_, damage, problem) => {
  const page = leaf();

  damage(page);

  expect(() => new TreePage(page, PLACE)).toThrow(problem);
});
