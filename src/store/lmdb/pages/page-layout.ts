/*
 * The file as LMDB writes it, in the form that the library in package.json has (data version 2, little-endian):
 *
 *   page 0, 1     roots, written in turn: the one with the higher transaction is in force
 *   other pages   a header, then by its flags a branch, a leaf, or values too large for a leaf ("overflow")
 *
 *   header        page number(8) transaction(8) -(2) flags(2)   branch, leaf: lower(2) upper(2), overflow: pages(4)
 *   branch, leaf  offsets of nodes(2 each) from the header's end to lower; nodes from upper to the page's end
 *   node          low(2) high(2) flags(2) key size(2) key        branch: child = low high flags; leaf: value of size low high
 *
 * Offsets in a page count from the header's end. A root holds two trees: of free pages, and of the tables, in which
 * the feed's tree is the value of the key "feed".
 */

/** The two roots. */
export const ROOT_PAGES = 2;

/** Bytes of a page's header. */
export const HEADER_BYTES = 24;

/** Bytes of a node before its key. */
export const NODE_BYTES = 8;

/** Bytes of a tree's description. */
export const TREE_BYTES = 48;

/** What stands in a leaf for a value on pages of its own: their first number, transaction, and how many. In bytes. */
export const LARGE_REFERENCE_BYTES = 24;

/** Marks a root as one of an LMDB file. */
export const MAGIC = 0xbeefc0de;

/** The form of the file. */
export const DATA_VERSION = 2;

/** Says that a tree has no page. */
export const NO_PAGE = 0xffff_ffff_ffff_ffffn;

/** Flags of pages. */
export const PAGE_FLAGS = { branch: 0x01, leaf: 0x02, overflow: 0x04, root: 0x08 } as const;

/** Flags of nodes in a leaf. */
export const NODE_FLAGS = { large: 0x01, tree: 0x02 } as const;

/** A tree whose keys are numbers in the machine's own byte order. */
export const INTEGER_KEYS = 0x08;
