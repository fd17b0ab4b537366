import assert from "node:assert/strict";
import type { SegmentClient } from "../../../src/client/segment-client.js";
import { type PlacedEntry, placed } from "../../journeys/load/observer.js";
import type { Attempt } from "./appender.js";

/** What a segment was found to hold. */
export interface Checked {
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: number;
  /** Of the unknown ones, those that are stored. */
  readonly unknownStored: number;
}

/**
 * Checks that a segment holds what was acknowledged, where it was said to be, once; nothing that was refused; of what
 * nobody knows each at most once; nothing else; and whatever anybody was shown of it.
 *
 * @param shown what tails gave while it was written
 * @throws AssertionError
 */
export async function checkAcknowledged(
  client: SegmentClient,
  segmentId: string,
  attempts: readonly Attempt[],
  shown: readonly PlacedEntry[] = [],
): Promise<Checked> {
  const [opening, ...stored] = await logOf(client, segmentId);
  assert.equal(opening?.text, undefined, "the segment's opening entry");
  const places = new Map<string, PlacedEntry>();
  for (const [i, entry] of stored.entries()) {
    assert.equal(entry.index, i + 1, "indexes are dense");
    const text = entry.text ?? "";
    assert(!places.has(text), `entry ${name(text)} is stored twice`);
    places.set(text, entry);
  }
  const counts = { acknowledged: 0, refused: 0, unknown: 0, unknownStored: 0 };
  for (const { text, told } of attempts) {
    const place = places.get(text);
    counts[told.state]++;
    if (told.state === "acknowledged") {
      assert(place !== undefined, `entry ${name(text)} was acknowledged, and is not stored`);
      assert.deepEqual([place.index, place.position], [told.index, told.position], `where entry ${name(text)} is stored`);
    }
    if (told.state === "refused") assert.equal(place, undefined, `entry ${name(text)} was refused (${told.reason}), and is stored`);
    if (told.state === "unknown" && place !== undefined) counts.unknownStored++;
    places.delete(text);
  }
  assert.deepEqual([...places.keys()].map(name), [], "entries that nobody sent");
  checkShown(shown, [...(opening === undefined ? [] : [opening]), ...stored]);
  return counts;
}

/** What a tail gave is a beginning of what is stored, each once and in order. */
export function checkShown(shown: readonly PlacedEntry[], stored: readonly PlacedEntry[]): void {
  assert(shown.length <= stored.length, `a tail gave ${shown.length} entries, ${stored.length} are stored`);
  for (const [i, entry] of shown.entries()) assert.deepEqual(entry, stored[i], `entry ${i} that a tail gave`);
}

/** All that a segment holds of its own. */
export async function logOf(client: SegmentClient, segmentId: string): Promise<PlacedEntry[]> {
  const log: PlacedEntry[] = [];
  for await (const { entries } of client.readEntries({ segmentId })) for (const entry of entries) log.push(placed(segmentId, entry));
  return log;
}

function name(text: string): string {
  return text.split(" ", 1)[0] ?? "";
}
