import { isSeglogError } from "../../../model/errors.js";
import type { SegmentId } from "../../../model/id.js";
import { idBytes } from "../../../model/id.js";
import { type Reader, under } from "../engine.js";
import { DamagedPageError } from "../pages/damaged-page-error.js";
import { PageReader } from "../pages/page-reader.js";
import { type EntriesRecord, readRecord } from "../tables/feed.js";
import { key, lastNumber, TABLE } from "../tables/keys.js";
import { decodeTraceUnit } from "../tables/traces.js";
import { SalvageReader } from "./salvage-reader.js";
import { type RecordPlace, type SalvagedSegment, salvagedSegments } from "./salvaged-segments.js";

/** What is left of a unit of a trace: where it begins, and its records unless they are damaged. */
export interface SalvagedTraceUnit {
  readonly index: number;
  readonly entries: readonly Uint8Array[] | undefined;
}

/** A damaged store, to be read as far as it is intact. */
export interface Salvage {
  readonly segments: readonly SalvagedSegment[];
  /** What is wrong with the file itself, each in words. */
  readonly fileProblems: readonly string[];
  /** The entries of a record, in frames. */
  framesAt(place: RecordPlace): Uint8Array;
  /** The units of a segment's trace. */
  trace(segmentId: SegmentId): Iterable<SalvagedTraceUnit>;
  close(): void;
}

/**
 * Opens what is left of a store, from the bytes of its file alone.
 *
 * @throws DamagedPageError where there is not even a root to begin with
 */
export function openSalvage(dir: string): Salvage {
  const { pages, rootProblem } = openPages(dir);
  const reader = new SalvageReader(pages);
  return {
    segments: salvagedSegments(reader),
    fileProblems: [...rootProblem, ...reader.pageProblems],
    framesAt: ({ position }) => entriesAt(reader, position).frames,
    trace: (segmentId) => traceOf(reader, segmentId),
    close: () => pages.close(),
  };
}

/** The root in force; where that cannot be told, the newest that can be read. */
function openPages(dir: string): { readonly pages: PageReader; readonly rootProblem: readonly string[] } {
  try {
    return { pages: new PageReader(dir, () => {}), rootProblem: [] };
  } catch (error) {
    if (!(error instanceof DamagedPageError)) throw error;
    const pages = new PageReader(dir, () => {}, "any");
    return { pages, rootProblem: [`${error.message}: what the last commits wrote may be missing`] };
  }
}

/** It proved intact before. */
function entriesAt(reader: Reader, position: number): EntriesRecord {
  const record = readRecord(reader, position);
  if (record?.type !== "entries") throw new Error(`the record at position ${position} is not there any more`);
  return record;
}

function* traceOf(reader: Reader, segmentId: SegmentId): Iterable<SalvagedTraceUnit> {
  for (const found of reader.range(under(key(TABLE.traces, idBytes(segmentId))))) {
    const index = lastNumber(found.key);
    try {
      yield { index, entries: decodeTraceUnit(segmentId, found).entries };
    } catch (error) {
      if (!isSeglogError(error)) throw error;
      yield { index, entries: undefined };
    }
  }
}
