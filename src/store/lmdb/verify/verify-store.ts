import type { Reader } from "../engine.js";
import { DamagedPageError } from "../pages/damaged-page-error.js";
import { PageReader } from "../pages/page-reader.js";
import type { KeyBounds } from "../pages/page-tree.js";
import { readStoreMeta, type StoreMeta } from "../tables/store-meta.js";
import { Check, type CheckReport } from "./check.js";
import { checkContents } from "./check-contents.js";
import { checkPages } from "./check-pages.js";
import { missedText } from "./missed-text.js";
import { reading } from "./reading.js";
import type { Scope } from "./scope.js";

/** What a store came to. */
export interface StoreReport {
  /** Undefined where it cannot be read, or is not there yet. */
  readonly meta: StoreMeta | undefined;
  readonly checks: readonly CheckReport[];
  /** Whether the database library can be trusted with the file: each page that was looked at is what it must be. */
  readonly hasSoundPages: boolean;
  readonly findingCount: number;
}

/**
 * Checks a store that nobody has open, and changes nothing. It reads the file's bytes itself, so that whatever stands
 * there harms nobody.
 *
 * @throws NewerFormatError; Error where there is no file to read
 */
export function verifyStore(dir: string, scope: Scope): StoreReport {
  const pages = new Check("pages");
  const damaged = onceAPage(pages);
  const format = new Check("format");
  let reader: PageReader;
  try {
    reader = new PageReader(dir, damaged);
  } catch (error) {
    if (!(error instanceof DamagedPageError)) throw error;
    pages.find(error.message);
    return reportOf(undefined, pages, [pages]);
  }
  try {
    const meta = checkFormat(format, reader, reader.root.tables.entryCount === 0);
    checkPages(pages, reader, { leafPagesMax: scope.leafPagesMax, damaged });
    return reportOf(meta, pages, [format, pages, ...checkContents(reader, sizeOf(reader, meta), scope)]);
  } finally {
    reader.close();
  }
}

/** Formats below this have no namespaces. */
const NAMESPACES_SINCE = 2;

function sizeOf({ root }: PageReader, meta: StoreMeta | undefined) {
  return { keyCount: root.tables.entryCount, hasNamespaces: meta !== undefined && meta.formatVersion >= NAMESPACES_SINCE };
}

/** A process that ended in the first moment of a store leaves an empty one. */
function checkFormat(check: Check, reader: Reader, isEmpty: boolean): StoreMeta | undefined {
  check.looked();
  const meta = reading(check, {}, () => readStoreMeta(reader) ?? ("missing" as const));
  if (meta !== "missing") return meta;
  check.hold(isEmpty, "is not said, though the store is not empty");
  return undefined;
}

/** Several checks may come to the same damaged page. */
function onceAPage(pages: Check): (error: DamagedPageError, missed: KeyBounds) => void {
  const told = new Set<number | undefined>();
  return (error, missed) => {
    if (told.has(error.page)) return;
    told.add(error.page);
    pages.find(`${error.message}; ${missedText(missed)}`);
  };
}

function reportOf(meta: StoreMeta | undefined, pages: Check, checks: readonly Check[]): StoreReport {
  const reports = checks.map((check) => check.report());
  return {
    meta,
    checks: reports,
    hasSoundPages: pages.report().findingCount === 0,
    findingCount: reports.reduce((sum, { findingCount }) => sum + findingCount, 0),
  };
}
