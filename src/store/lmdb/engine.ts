import { chmodSync } from "node:fs";
import { join } from "node:path";
import { type Database, open, type PutOptions, type RootDatabase } from "lmdb";
import { DataFile } from "./data-file.js";
import { keyAfter, TABLE } from "./tables/keys.js";
import { BrokenSealError } from "./values/sealed.js";

/** The file that holds the store, in its folder. */
export const DATA_FILE = "data.mdb";

/** The file in which LMDB notes who reads. */
export const READERS_FILE = "lock.mdb";

/** A key with its value; both belong to the reader. */
export interface KeyValue {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** Which keys to go through: from `start`, exclusive of `end`; `reverse` begins at `start` and goes down. */
export interface KeyRange {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
  readonly reverse?: boolean;
}

/** Reads of one snapshot. Good for one synchronous stretch: nothing may be awaited between. */
export interface Reader {
  get(key: Uint8Array): Buffer | undefined;
  range(range: KeyRange): Iterable<KeyValue>;
}

/** Reads and writes of the transaction that is under way; reads see its writes. */
export interface Writer extends Reader {
  put(key: Uint8Array, value: Uint8Array): void;
  /** Puts behind the last key of the database. */
  append(key: Uint8Array, value: Uint8Array): void;
  remove(key: Uint8Array): void;
}

/** How much room the store has, and takes. In bytes. */
export interface MapUse {
  /** Pages that hold something. */
  readonly usedBytes: number;
  /** Pages that held something once, and are written to again before the file grows. */
  readonly freeBytes: number;
  /** The most that it may grow to. */
  readonly mapBytes: number;
}

/** Begins as every key of the feed does. */
const FEED_KEY = Uint8Array.of(TABLE.feed);

/** Pages of the two roots that every database begins with. */
const META_PAGES = 2;

/** What the library says of a tree of pages. It does not describe it itself. */
interface TreeStats {
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

/** Puts behind the last key. The library knows it, its types do not. */
const PUT_LAST = { append: true } as unknown as PutOptions;

/**
 * The lmdb environment behind the store: nothing else touches the library.
 *
 * The feed has a database of its own in it. Beside the small values of the other tables its large ones
 * would take up the very pages in which those grow, and each split would leave a page nearly empty.
 */
export class Engine {
  readonly #db: RootDatabase<Buffer, Buffer>;
  readonly #file: DataFile;
  readonly #mapBytes: number;
  #feed: Database<Buffer, Buffer> | undefined;

  /**
   * @param dir folder of the database
   * @param mapBytes size of the map, which is virtual: the most that the store can grow to
   * @param readOnly opens what is there to be looked at, beside a process that may be writing to it
   */
  constructor(dir: string, mapBytes: number, { readOnly = false }: { readonly readOnly?: boolean } = {}) {
    this.#mapBytes = mapBytes;
    this.#db = open<Buffer, Buffer>({
      path: dir,
      // A folder whose name has a dot in it is taken for a file otherwise.
      noSubdir: false,
      readOnly,
      encoding: "binary",
      keyEncoding: "binary",
      mapSize: mapBytes,
      maxReaders: 1024,
      cache: false,
      // Commits wait for the flush and only then show their entries. The library's default shows them
      // before, keeps an entry visible whose write was refused, and answers falsely when the disk dies.
      overlappingSync: false,
    });
    // The library makes its files as the process' mask lets it; the folder keeps others out, this does so twice.
    for (const name of [DATA_FILE, READERS_FILE]) if (!readOnly) chmodSync(join(dir, name), 0o600);
    this.#file = new DataFile(join(dir, DATA_FILE));
  }

  /** Opens the feed, and makes it in a new store. Until then nothing is written, so that a store can be refused untouched. */
  openFeed(): void {
    this.#feed = this.#db.openDB<Buffer, Buffer>({ name: "feed", encoding: "binary", keyEncoding: "binary", cache: false });
  }

  /** A view of what is durable now. */
  read(): Reader {
    this.#db.resetReadTxn();
    return this.#reader;
  }

  /**
   * Runs `work` in one transaction and resolves once that is durable, in the file that the next process will open.
   * Where `work` throws, nothing of it is kept.
   */
  async commit(work: (writer: Writer) => void): Promise<void> {
    this.#file.check();
    // A plain transaction of the library keeps the puts that came before a throw; a child transaction does not.
    await this.#db.childTransaction(() => work(this.#writer));
    this.#file.check();
  }

  mapUse(): MapUse {
    // The library does not describe what it returns.
    const stats = this.#db.getStats() as TreeStats & { lastPageNumber: number; pageSize: number; free: TreeStats };
    const feed = this.#databaseOf(FEED_KEY).getStats() as TreeStats; // likewise
    const usedBytes = (META_PAGES + pagesOf(stats) + pagesOf(feed) + pagesOf(stats.free)) * stats.pageSize;
    // What the library says of the map's size is no limit: it grows the map where that is too small.
    return { usedBytes, freeBytes: (stats.lastPageNumber + 1) * stats.pageSize - usedBytes, mapBytes: this.#mapBytes };
  }

  /**
   * Writes a view of what is durable now to DATA_FILE in a folder, which must be there and have none, without pages that
   * hold nothing. Pages that others free meanwhile cannot be written to again before it is done.
   */
  copyTo(dir: string): Promise<void> {
    return this.#db.backup(dir, true);
  }

  /** Forgets readers whose process has ended without saying so: what they held back can be written to again. */
  forgetDeadReaders(): void {
    this.#db.readerCheck();
  }

  /** Who reads the store, in this process or another, as the library lists them. */
  readerList(): string {
    return this.#db.readerList();
  }

  close(): Promise<void> {
    return this.#db.close();
  }

  readonly #reader: Reader = {
    get: (key) => {
      try {
        return this.#databaseOf(key).getBinary(key as Buffer); // the library takes any Uint8Array as a binary key
      } catch (error) {
        throw readError(error, key);
      }
    },
    range: (range) => this.#range(range),
  };

  readonly #writer: Writer = {
    ...this.#reader,
    put: (key, value) => mustPut(this.#databaseOf(key).putSync(key as Buffer, value as Buffer)), // likewise
    // Out of order it puts nothing and answers false.
    append: (key, value) => mustPut(this.#databaseOf(key).putSync(key as Buffer, value as Buffer, PUT_LAST)), // likewise
    remove: (key) => void this.#databaseOf(key).removeSync(key as Buffer), // likewise
  };

  *#range(range: KeyRange): Iterable<KeyValue> {
    try {
      yield* this.#databaseOf(range.start).getRange(range as { start: Buffer; end: Buffer }); // likewise
    } catch (error) {
      throw readError(error, range.start);
    }
  }

  #databaseOf(key: Uint8Array): Database<Buffer, Buffer> {
    if (key[0] !== TABLE.feed) return this.#db;
    if (this.#feed === undefined) throw new Error("the feed is not open yet");
    return this.#feed;
  }
}

function pagesOf(tree: TreeStats): number {
  return tree.treeBranchPageCount + tree.treeLeafPageCount + tree.overflowPages;
}

/** What the library says of pages that it cannot follow: a page is of another kind, is not there, or leads to itself. */
const DAMAGED_PAGE_CODES: ReadonlySet<unknown> = new Set([-30796, -30797, -30787]);

/** A damaged page is to a reader what a damaged value is. */
function readError(error: unknown, key: Uint8Array): unknown {
  const isDamage = error instanceof Error && "code" in error && DAMAGED_PAGE_CODES.has(error.code);
  return isDamage ? new BrokenSealError(key, error) : error;
}

/** The library's types say that a synchronous put gives nothing; it gives whether it was done. */
function mustPut(done: unknown): void {
  if (done !== true) throw new Error("LMDB did not take a put");
}

/** All keys that begin with `prefix`, ascending. */
export function under(prefix: Uint8Array): KeyRange {
  return { start: prefix, end: keyAfter(prefix) };
}

/** The last key that is not above `key` and begins with `prefix`. */
export function lastAtOrBelow(reader: Reader, key: Uint8Array, prefix: Uint8Array): KeyValue | undefined {
  for (const found of reader.range({ start: key, end: prefix, reverse: true })) {
    // The end is exclusive going down too, and no key of a table is as short as its prefix.
    return found.key.subarray(0, prefix.length).equals(prefix) ? found : undefined;
  }
  return undefined;
}
