import { DamagedPageError } from "./damaged-page-error.js";
import type { PageFile } from "./page-file.js";
import { DATA_VERSION, HEADER_BYTES, INTEGER_KEYS, MAGIC, NO_PAGE, PAGE_FLAGS, ROOT_PAGES, TREE_BYTES } from "./page-layout.js";

/** A tree of pages, as what it hangs on describes it. */
export interface TreeRoot {
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entryCount: number;
  /** Undefined where the tree is empty. */
  readonly page: number | undefined;
  /** Whether keys are numbers in the machine's own byte order. */
  readonly hasIntegerKeys: boolean;
}

/** Where the last pages are free the file may end before them: by what one commit can free, at most. */
const MISSING_PAGES_MAX = 65_536;

/** One state of the database. */
export interface Root {
  readonly pageBytes: number;
  /** Number of the transaction that wrote it. */
  readonly transaction: number;
  /** The last page that was ever used. */
  readonly lastPage: number;
  readonly free: TreeRoot;
  readonly tables: TreeRoot;
}

const ROOT_BYTES = HEADER_BYTES + 24 + 2 * TREE_BYTES + 24;
const FREE_AT = HEADER_BYTES + 24;
const TABLES_AT = FREE_AT + TREE_BYTES;
const LAST_PAGE_AT = TABLES_AT + TREE_BYTES;
const TRANSACTION_AT = LAST_PAGE_AT + 8;
const MAP_BYTES_AT = HEADER_BYTES + 16;

/**
 * The root in force.
 *
 * Roots are written in turn, each transaction to the page of its parity, so that the two differ by one. Where they do
 * not, one of them is damaged, and the other one may be a commit behind: that nobody can mend by choosing. A copy that was
 * not written to yet has its state on page 1, and on page 0 the root of an empty database.
 *
 * @throws DamagedPageError
 */
export function readRoot(file: PageFile): Root {
  const first = rootAt(file, 0);
  file.pageBytes = first.pageBytes;
  const second = rootAt(file, 1);
  const [older, newer] = first.transaction < second.transaction ? [first, second] : [second, first];
  // A new file has both of them with the number 0.
  const isNew = newer.transaction === 0;
  const isCopy = older === first && isEmpty(older);
  if (!isNew && !isCopy && newer.transaction - older.transaction !== 1) {
    throw new DamagedPageError(
      undefined,
      `has roots of the transactions ${older.transaction} and ${newer.transaction}, which do not follow each other`,
    );
  }
  if (!isNew && second.transaction % ROOT_PAGES !== 1)
    throw new DamagedPageError(1, `is the root of transaction ${second.transaction}, which belongs on page 0`);
  if (second.pageBytes !== first.pageBytes) throw new DamagedPageError(1, "has another page size than page 0");
  if (newer.lastPage >= Math.floor(file.byteSize / newer.pageBytes) + MISSING_PAGES_MAX) {
    throw new DamagedPageError(undefined, `has ${file.byteSize} bytes, and its root speaks of ${newer.lastPage + 1} pages`);
  }
  return newer;
}

/** Whether nothing was ever written behind a root. */
function isEmpty({ transaction, lastPage, free, tables }: Root): boolean {
  return transaction === 0 && lastPage < ROOT_PAGES && free.page === undefined && tables.page === undefined;
}

/**
 * The newest root that can be read, where the one in force cannot be told: it may be some commits behind.
 *
 * @throws DamagedPageError where there is none
 */
export function readAnyRoot(file: PageFile): Root {
  const roots: Root[] = [];
  let problem: unknown;
  for (const number of [0, 1]) {
    try {
      roots.push(rootAt(file, number));
    } catch (error) {
      if (!(error instanceof DamagedPageError)) throw error;
      problem = error;
    }
  }
  const [first, second] = roots;
  if (first === undefined) throw problem;
  const newest = second !== undefined && second.transaction > first.transaction ? second : first;
  file.pageBytes = newest.pageBytes;
  return newest;
}

/** Describes a tree from its 48 bytes. */
export function treeRootAt(bytes: Buffer, at: number): TreeRoot {
  const page = bytes.readBigUInt64LE(at + 40);
  return {
    hasIntegerKeys: bytes.readUInt16LE(at + 4) === INTEGER_KEYS,
    depth: bytes.readUInt16LE(at + 6),
    branchPages: Number(bytes.readBigUInt64LE(at + 8)),
    leafPages: Number(bytes.readBigUInt64LE(at + 16)),
    overflowPages: Number(bytes.readBigUInt64LE(at + 24)),
    entryCount: Number(bytes.readBigUInt64LE(at + 32)),
    page: page === NO_PAGE ? undefined : Number(page),
  };
}

function rootAt(file: PageFile, number: number): Root {
  const bytes = file.bytesFrom(number, ROOT_BYTES);
  const damaged = (problem: string) => new DamagedPageError(number, problem);
  if (Number(bytes.readBigUInt64LE(0)) !== number) throw damaged("has the number of another one");
  if (bytes.readUInt16LE(18) !== PAGE_FLAGS.root) throw damaged("is no root");
  if (bytes.readUInt32LE(HEADER_BYTES) !== MAGIC) throw damaged("is no root of an LMDB file");
  if (bytes.readUInt32LE(HEADER_BYTES + 4) !== DATA_VERSION) throw damaged(`is a root of another form of file than ${DATA_VERSION}`);
  const pageBytes = bytes.readUInt32LE(FREE_AT);
  if (pageBytes < 512 || pageBytes > 32768 || (pageBytes & (pageBytes - 1)) !== 0) throw damaged(`speaks of pages of ${pageBytes} bytes`);
  const root = {
    pageBytes,
    transaction: Number(bytes.readBigUInt64LE(TRANSACTION_AT)),
    lastPage: Number(bytes.readBigUInt64LE(LAST_PAGE_AT)),
    free: treeRootAt(bytes, FREE_AT),
    tables: treeRootAt(bytes, TABLES_AT),
  };
  const flags = [bytes.readUInt16LE(FREE_AT + 4), bytes.readUInt16LE(TABLES_AT + 4), bytes.readUInt32LE(TABLES_AT)];
  if (!root.free.hasIntegerKeys || flags[1] !== 0 || flags[2] !== 0) throw damaged(`has trees of unknown kinds (${flags.join(", ")})`);
  if (bytes.readBigUInt64LE(MAP_BYTES_AT) > 2n ** 47n) throw damaged("has a map that is larger than any memory");
  return root;
}
