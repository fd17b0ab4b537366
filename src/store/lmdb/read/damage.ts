import { checksumMismatch } from "../../../model/errors.js";
import { ID_BYTES, type SegmentId, segmentIdAt } from "../../../model/id.js";
import { type Reader, under } from "../engine.js";
import { key, lastNumber, TABLE } from "../tables/keys.js";
import { decodeStart } from "../tables/segment-index.js";
import { BrokenSealError } from "../values/sealed.js";

/**
 * Looks something up, and tells bytes that fail their checksum by the segment and the index that they belong to.
 *
 * @throws SeglogError CHECKSUM_MISMATCH
 */
export function namingDamage<T>(reader: Reader, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (error instanceof BrokenSealError) throw checksumMismatch(placeOf(reader, Buffer.from(error.key)));
    throw error;
  }
}

/** Of a key that ends in an index of a segment; one that begins a range may be shorter. */
const INDEXED_KEY_BYTES = 1 + ID_BYTES + 8;

const NOWHERE: Place = { segmentId: undefined, index: undefined };

/** What is known of whose a value is. */
export interface Place {
  readonly segmentId: SegmentId | undefined;
  readonly index: number | undefined;
}

/** Whose value stands under a key, as far as it is of one segment. */
export function placeOf(reader: Reader, damaged: Buffer): Place {
  try {
    return placeOfKey(reader, damaged);
  } catch {
    return NOWHERE; // where to look it up is damaged too
  }
}

function placeOfKey(reader: Reader, damaged: Buffer): Place {
  switch (damaged[0]) {
    case TABLE.segmentHeads:
    case TABLE.turns:
      return { segmentId: segmentIdAt(damaged, 1), index: undefined };
    case TABLE.traces:
    case TABLE.segmentIndex:
      if (damaged.length !== INDEXED_KEY_BYTES) return { segmentId: segmentIdAt(damaged, 1), index: undefined };
      return { segmentId: segmentIdAt(damaged, 1), index: lastNumber(damaged) };
    case TABLE.feed:
      return placeOfRecord(reader, lastNumber(damaged));
    default:
      return NOWHERE;
  }
}

/** Goes through the whole index, for what a damaged record says of itself cannot be believed. */
function placeOfRecord(reader: Reader, position: number): Place {
  for (const found of reader.range(under(key(TABLE.segmentIndex)))) {
    const start = decodeStart(found);
    if (start.position === position) return { segmentId: segmentIdAt(found.key, 1), index: start.index };
  }
  return NOWHERE;
}
