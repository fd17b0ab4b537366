import { Engine } from "../engine.js";
import { MAP_BYTES_DEFAULT } from "../map-bytes.js";
import { lastPositionOf, recordAtOrBelow } from "../tables/feed.js";
import { isGone, readPurges } from "../tables/purges.js";
import { allHeads } from "../tables/segment-heads.js";
import { findingText } from "../verify/finding-text.js";
import { DEEP, type Scope } from "../verify/scope.js";
import { type StoreReport, verifyStore } from "../verify/verify-store.js";

/** What was found in a store that is whole. */
export interface CheckedStore {
  /** ULID. */
  readonly storeId: string;
  /** Position of the last thing in the feed; 0 in an empty store. */
  readonly headPosition: number;
  readonly segmentCount: number;
}

/** A file is no store, or something in it is not as it must be. */
export class DamagedCopyError extends Error {
  override readonly name = "DamagedCopyError";
}

/** Every page and every value; what the entries mean is not looked into. */
const EVERYTHING: Scope = { ...DEEP, replays: false };

/**
 * Reads a store whole that nobody has open, and proves it.
 *
 * @throws NewerFormatError, DamagedCopyError
 */
export async function checkStore(dir: string): Promise<CheckedStore> {
  const report = verifyStore(dir, EVERYTHING);
  if (report.findingCount > 0) throw new DamagedCopyError(foundText(report));
  if (report.meta === undefined) throw new DamagedCopyError("it holds no store");
  const engine = new Engine(dir, MAP_BYTES_DEFAULT, { readOnly: true });
  try {
    engine.openFeed();
    const reader = engine.read();
    const last = recordAtOrBelow(reader, Number.MAX_SAFE_INTEGER);
    const headPosition = last === undefined ? 0 : lastPositionOf(last);
    const purges = readPurges(reader);
    const segmentCount = [...allHeads(reader)].filter((head) => !isGone(purges, head)).length;
    return { storeId: report.meta.storeId, headPosition, segmentCount };
  } finally {
    await engine.close();
  }
}

function foundText({ checks, findingCount }: StoreReport): string {
  const [first] = checks.flatMap(({ findings }) => findings);
  const text = first === undefined ? "it is damaged" : findingText(first);
  return findingCount > 1 ? `${text}, and ${findingCount - 1} more` : text;
}
