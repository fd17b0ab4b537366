import { ID_BYTES, segmentIdAt } from "../../../model/id.js";
import type { KeyBounds } from "../pages/page-tree.js";
import { lastNumber, TABLE } from "../tables/keys.js";

const NAMES: ReadonlyMap<number | undefined, string> = new Map(
  Object.entries(TABLE).map(([name, tag]) => [tag, name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)]),
);

/** Tables whose keys name a segment, and an index in it. */
const OF_SEGMENTS: ReadonlySet<number | undefined> = new Set([TABLE.segmentIndex, TABLE.traces, TABLE.segmentHeads, TABLE.turns]);

/** What is missed with a damaged page, in words: from which key on, and below which. */
export function missedText({ from, below }: KeyBounds): string {
  if (from === undefined && below === undefined) return "all below it is missed";
  return `missed: ${from === undefined ? "from the beginning" : `from ${keyText(Buffer.from(from))}`}${below === undefined ? "" : `, below ${keyText(Buffer.from(below))}`}`;
}

/** Branches keep only as much of a key as they need. */
function keyText(key: Buffer): string {
  const table = NAMES.get(key[0]) ?? "no table";
  if (key[0] === TABLE.feed && key.length === 9) return `position ${lastNumber(key)}`;
  if (!OF_SEGMENTS.has(key[0]) || key.length < 1 + ID_BYTES) return table;
  const segment = `${table} of ${segmentIdAt(key, 1)}`;
  return key[0] !== TABLE.turns && key.length === 1 + ID_BYTES + 8 ? `${segment}@${lastNumber(key)}` : segment;
}
