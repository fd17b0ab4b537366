import { DamagedPageError } from "../pages/damaged-page-error.js";
import { ROOT_PAGES } from "../pages/page-layout.js";
import type { NamedTree, PageReader } from "../pages/page-reader.js";
import { checkBounds, checkLargeValue, childOf, type TreePlace } from "../pages/page-tree.js";
import type { TreePage } from "../pages/tree-page.js";
import type { Check } from "./check.js";
import { PageUse } from "./page-use.js";

/** Is told of a page of a tree that fails, and where in the tree it is. */
export type OnDamagedPage = (error: DamagedPageError, place: TreePlace, tree: NamedTree["name"]) => void;

/** What a walk through a tree came by. */
interface Walked {
  branchPages: number;
  leafPages: number;
  overflowPages: number;
  entryCount: number;
  /** Whether every leaf was looked at. */
  isWhole: boolean;
}

/**
 * Pages: each is what its parents say, in use once, and all of a tree together are as many as its root says. The free
 * ones are in use nowhere.
 *
 * @param leafPagesMax leaves that are looked into: of the tables first, then of the feed, the newest first
 * @param damaged is told of each page that fails
 * @returns which pages are in use, and which are free
 */
export function checkPages(
  check: Check,
  reader: PageReader,
  { leafPagesMax, damaged }: { readonly leafPagesMax: number; readonly damaged: OnDamagedPage },
): PageUse {
  const use = new PageUse(check, reader);
  let left = leafPagesMax;
  for (const named of reader.trees) {
    const walked = walk(reader, named, { use, leavesLeft: left, damaged });
    left -= walked.leafPages;
    check.looked(walked.branchPages + walked.leafPages + walked.overflowPages);
    if (walked.isWhole) compare(check, named, walked);
    else check.limit = `the newest ${leafPagesMax}`;
  }
  check.looked(ROOT_PAGES);
  // In its first moment a store has no feed, and nothing but its format.
  const hasFeed = reader.trees.some(({ name }) => name === "feed");
  check.hold(hasFeed || reader.root.tables.entryCount <= 1, "the tree of the feed is not there");
  use.checkFree(reader);
  return use;
}

function walk(
  reader: PageReader,
  { name, root, tree }: NamedTree,
  how: { readonly use: PageUse; readonly leavesLeft: number; readonly damaged: OnDamagedPage },
): Walked {
  const walked: Walked = { branchPages: 0, leafPages: 0, overflowPages: 0, entryCount: 0, isWhole: true };
  if (root.page === undefined) return walked;
  const stack: TreePlace[] = [{ number: root.page, depth: root.depth, from: undefined, below: undefined }];
  for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
    if (!how.use.take(place.number)) continue;
    const isLeaf = place.depth === 1;
    if (isLeaf && walked.leafPages === how.leavesLeft) {
      walked.isWhole = false;
      continue;
    }
    try {
      const page = tree.page(place.number, isLeaf);
      checkBounds(page, place, place.number);
      if (isLeaf) lookIntoLeaf(reader, page, { walked, use: how.use });
      else {
        walked.branchPages++;
        // The last child lies on top: newest first.
        for (let index = 0; index < page.nodeCount; index++) stack.push(childOf(page, index, place));
      }
    } catch (error) {
      if (!(error instanceof DamagedPageError)) throw error;
      how.damaged(error, place, name);
    }
  }
  return walked;
}

function lookIntoLeaf(reader: PageReader, page: TreePage, { walked, use }: { readonly walked: Walked; readonly use: PageUse }): void {
  walked.leafPages++;
  walked.entryCount += page.nodeCount;
  for (let index = 0; index < page.nodeCount; index++) {
    const value = page.largeAt(index);
    if (value === undefined) continue;
    checkLargeValue(reader.file, value, reader.root.transaction);
    for (let i = 0; i < value.pageCount; i++) use.take(value.page + i);
    walked.overflowPages += value.pageCount;
  }
}

function compare(check: Check, { name, root }: NamedTree, walked: Walked): void {
  for (const count of ["branchPages", "leafPages", "overflowPages", "entryCount"] as const) {
    check.hold(walked[count] === root[count], `the tree of ${name} has ${WORDS[count]} ${walked[count]}, its root says ${root[count]}`);
  }
}

const WORDS = { branchPages: "branches", leafPages: "leaves", overflowPages: "pages of large values", entryCount: "keys" } as const;
