import type { KeyRange, KeyValue, Reader } from "../engine.js";
import { DamagedPageError } from "../pages/damaged-page-error.js";
import type { PageReader } from "../pages/page-reader.js";
import type { KeyBounds } from "../pages/page-tree.js";
import { isSealed } from "../values/sealed.js";
import { Check } from "../verify/check.js";
import { checkPages } from "../verify/check-pages.js";

/**
 * Reads a damaged store as far as anything in it proves intact: what its trees lead to, and what stands on leaves that
 * they lead to no more, because a page above those is damaged. Such a leaf is known by being neither in use nor free,
 * and its values by their checksums.
 */
export class SalvageReader implements Reader {
  readonly #reader: PageReader;
  /** What stands on lost leaves, by key. */
  readonly #found = new Map<string, KeyValue>();
  readonly #inOrder: readonly KeyValue[];
  /** What is wrong with pages, each in words. */
  readonly pageProblems: readonly string[];

  constructor(reader: PageReader) {
    this.#reader = reader;
    const missed: KeyBounds[] = [];
    let isFreeKnown = true;
    const check = new Check("pages");
    const use = checkPages(check, reader, {
      leafPagesMax: Number.POSITIVE_INFINITY,
      damaged: (error, place, tree) => {
        check.find(error.message);
        if (tree === "free pages") isFreeKnown = false;
        else missed.push(place);
      },
    });
    this.pageProblems = check.report().findings.map(({ problem }) => problem);
    if (missed.length > 0 && isFreeKnown && use.isFreeKnown) {
      for (const entry of strays(reader, (page) => use.isLost(page), missed)) this.#found.set(entry.key.toString("latin1"), entry);
    }
    this.#inOrder = [...this.#found.values()].sort((a, b) => a.key.compare(b.key));
  }

  get(key: Uint8Array): Buffer | undefined {
    return this.#reader.get(key) ?? this.#found.get(Buffer.from(key).toString("latin1"))?.value;
  }

  *range(range: KeyRange): Iterable<KeyValue> {
    const { start, end, reverse = false } = range;
    const isWithin = ({ key }: KeyValue) =>
      reverse ? key.compare(start) <= 0 && key.compare(end) > 0 : key.compare(start) >= 0 && key.compare(end) < 0;
    const rest = this.#inOrder.filter(isWithin);
    if (reverse) rest.reverse();
    let next = 0;
    for (const entry of this.#reader.range(range)) {
      for (let stray = rest[next]; stray !== undefined; stray = rest[++next]) {
        const order = stray.key.compare(entry.key);
        if (reverse ? order < 0 : order > 0) break;
        if (order !== 0) yield stray;
      }
      yield entry;
    }
    yield* rest.slice(next);
  }
}

/** Values with a checksum that holds, on leaves that nothing leads to, under keys that are missed. */
function* strays(reader: PageReader, isLost: (page: number) => boolean, missed: readonly KeyBounds[]): Iterable<KeyValue> {
  const [, tables] = reader.trees;
  if (tables === undefined) return;
  for (let number = 0; number <= reader.root.lastPage; number++) {
    if (!isLost(number)) continue;
    try {
      for (const entry of tables.tree.entriesOn(number)) {
        if (missed.some((bounds) => isBetween(entry.key, bounds)) && isSealed(entry.key, entry.value)) yield entry;
      }
    } catch (error) {
      if (!(error instanceof DamagedPageError)) throw error;
    }
  }
}

function isBetween(key: Buffer, { from, below }: KeyBounds): boolean {
  return (from === undefined || key.compare(from) >= 0) && (below === undefined || key.compare(below) < 0);
}
