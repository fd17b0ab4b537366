import { join } from "node:path";
import type { KeyRange, KeyValue, Reader } from "../engine.js";
import { DATA_FILE } from "../engine.js";
import { TABLE } from "../tables/keys.js";
import { PageFile } from "./page-file.js";
import { type OnDamage, PageTree } from "./page-tree.js";
import { type Root, readAnyRoot, readRoot, type TreeRoot } from "./root-pages.js";

/** The key of the tables' tree under which the feed's tree hangs: its name, as the library ends it. */
const FEED_NAME = Buffer.from("feed\0");

/** A tree with its name. */
export interface NamedTree {
  readonly name: "free pages" | "tables" | "feed";
  readonly root: TreeRoot;
  readonly tree: PageTree;
}

/**
 * Reads a closed store from the bytes of its file, without the database library: a damaged file can end a process that
 * has it open there, and gives whoever asks it wrong answers. Nothing is written, and nothing is believed unchecked.
 */
export class PageReader implements Reader {
  readonly file: PageFile;
  readonly root: Root;
  /** Free pages, tables and feed; without the feed where the store has none yet, or its place is damaged. */
  readonly trees: readonly NamedTree[];
  readonly #tables: PageTree;
  readonly #feed: PageTree | undefined;

  /**
   * @param dir folder of the store, which nobody has open
   * @param onDamage is told of each damaged page that a read comes to
   * @param rootWanted the one in force, or any that can be read
   * @throws DamagedPageError where it has no such root to begin with
   */
  constructor(dir: string, onDamage: OnDamage, rootWanted: "in force" | "any" = "in force") {
    this.file = new PageFile(join(dir, DATA_FILE));
    try {
      this.root = rootWanted === "any" ? readAnyRoot(this.file) : readRoot(this.file);
      const { free, tables, transaction } = this.root;
      const treeOf = (root: TreeRoot) => new PageTree(this.file, root, transaction, onDamage);
      this.#tables = treeOf(tables);
      const feedRoot = this.#tables.rootAt(FEED_NAME);
      this.#feed = feedRoot && treeOf(feedRoot);
      this.trees = [
        { name: "free pages", root: free, tree: treeOf(free) },
        { name: "tables", root: tables, tree: this.#tables },
        ...(feedRoot && this.#feed ? [{ name: "feed" as const, root: feedRoot, tree: this.#feed }] : []),
      ];
    } catch (error) {
      this.file.close();
      throw error;
    }
  }

  get(key: Uint8Array): Buffer | undefined {
    return this.#treeOf(key)?.get(key);
  }

  range(range: KeyRange): Iterable<KeyValue> {
    return this.#treeOf(range.start)?.range(range) ?? [];
  }

  close(): void {
    this.file.close();
  }

  /** A range's start may lie behind the last key of its table. */
  #treeOf(key: Uint8Array): PageTree | undefined {
    return key[0] === TABLE.feed ? this.#feed : this.#tables;
  }
}
