import { type Reader, under } from "../engine.js";
import { namingDamage } from "../read/damage.js";
import { lastPositionOf, recordsBetween } from "../tables/feed.js";
import { key, TABLE } from "../tables/keys.js";
import { isGone, readPurges } from "../tables/purges.js";
import { allHeads, type SegmentHead } from "../tables/segment-heads.js";
import { recordHolding } from "../tables/segment-index.js";
import { readStoreMeta } from "../tables/store-meta.js";
import { BrokenSealError, isSealed } from "../values/sealed.js";

/** What was found in a store that is whole. */
export interface CheckedStore {
  /** ULID. */
  readonly storeId: string;
  /** Position of the last thing in the feed; 0 in an empty store. */
  readonly headPosition: number;
  readonly segmentCount: number;
}

/** A file is no store, or something in it is not as it must be. */
export class DamagedStoreError extends Error {
  override readonly name = "DamagedStoreError";
}

/** Tables of sealed values, beside the feed. */
const SEALED_TABLES = [TABLE.sessions, TABLE.deletionMarks, TABLE.turns, TABLE.purges, TABLE.requestIds, TABLE.segmentHeads, TABLE.traces];

/**
 * Reads a store whole: its format, every checksum, and whether each segment's last entry is where its head says.
 *
 * @param tell is told now and then of how many bytes have been read
 * @throws NewerFormatError, DamagedStoreError, SeglogError CHECKSUM_MISMATCH
 */
export function checkStore(reader: Reader, tell: (doneBytes: number) => void): CheckedStore {
  const meta = readStoreMeta(reader);
  if (meta === undefined) throw new DamagedStoreError("it holds no store");
  const meter = new Meter(tell);
  return namingDamage(reader, () => {
    for (const table of SEALED_TABLES) checkSeals(reader, table, meter);
    const headPosition = checkFeed(reader, meter);
    return { storeId: meta.storeId, headPosition, segmentCount: checkHeads(reader) };
  });
}

function checkSeals(reader: Reader, table: number, meter: Meter): void {
  for (const found of reader.range(under(key(table)))) {
    if (!isSealed(found.key, found.value)) throw new BrokenSealError(Buffer.from(found.key));
    meter.add(found.key.length + found.value.length);
  }
}

/** Reading a record compares its checksum. */
function checkFeed(reader: Reader, meter: Meter): number {
  let headPosition = 0;
  for (const record of recordsBetween(reader, { after: 0, upTo: Number.MAX_SAFE_INTEGER - 1 })) {
    if (record.position <= headPosition) throw new DamagedStoreError(`the feed has two things at position ${record.position}`);
    headPosition = lastPositionOf(record);
    meter.add(record.type === "entries" ? record.frames.length : 0);
  }
  return headPosition;
}

function checkHeads(reader: Reader): number {
  const purges = readPurges(reader);
  let segmentCount = 0;
  for (const head of allHeads(reader)) {
    if (isGone(purges, head)) continue;
    checkLastEntry(reader, head);
    segmentCount++;
  }
  return segmentCount;
}

function checkLastEntry(reader: Reader, head: SegmentHead): void {
  const { segmentId, entryCount, headPosition } = head;
  const record = recordHolding(reader, segmentId, entryCount - 1);
  if (record.position + (entryCount - 1 - record.firstIndex) === headPosition) return;
  throw new DamagedStoreError(`the head of segment ${segmentId} is not where its last entry is`);
}

/** Bytes between two tellings. */
const TELL_BYTES = 8 * 1024 * 1024;

/** Adds up what was read. */
class Meter {
  readonly #tell: (doneBytes: number) => void;
  #bytes = 0;
  #toldBytes = 0;

  constructor(tell: (doneBytes: number) => void) {
    this.#tell = tell;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes - this.#toldBytes < TELL_BYTES) return;
    this.#toldBytes = this.#bytes;
    this.#tell(this.#bytes);
  }
}
