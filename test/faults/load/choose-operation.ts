import type { Random } from "../../journeys/load/random.js";
import { markedEntry } from "./marked-entry.js";
import { hasDependents, inheritedCount, type Operation, type SessionModel, segmentOf } from "./session-model.js";

/** Most segments that a session grows to. */
const SEGMENTS_MAX = 12;

/** A session with so many entries is deleted, and another one begun: what is read back stays bounded. */
const ENTRIES_MAX = 400;

const UNIT_ENTRIES_MAX = 6;

/**
 * What a writer does next: mostly it appends; it forks, cuts back and deletes as often as shows what those may break.
 *
 * @param mark begins the marks of its entries; unique
 */
export function chooseOperation(model: SessionModel, mark: string, random: Random): Operation {
  const segmentIds = [...model.keys()];
  const [first] = segmentIds;
  if (first === undefined) return { kind: "create", sessionId: anyId(random), segmentId: anyId(random) };
  const segmentId = segmentIds[Math.floor(random() * segmentIds.length)] ?? first;
  const { sessionId, entries } = segmentOf(model, segmentId);
  const choice = random();
  const isFull = [...model.values()].reduce((sum, segment) => sum + segment.entries.length, 0) > ENTRIES_MAX;
  if (isFull && choice < 0.3) return { kind: "delete-session", sessionId };
  if (choice < 0.1 && segmentIds.length < SEGMENTS_MAX) {
    return { kind: "fork", sourceId: segmentId, entryCount: between(1, entries.length, random), segmentId: anyId(random) };
  }
  if (choice < 0.13 && segmentIds.length < SEGMENTS_MAX) return { kind: "create", sessionId, segmentId: anyId(random) };
  const leastCount = inheritedCount(model, segmentId);
  if (choice < 0.21 && entries.length > leastCount) {
    return { kind: "truncate", segmentId, entryCount: between(leastCount, entries.length - 1, random) };
  }
  if (choice < 0.26 && segmentIds.length > 1 && !hasDependents(model, segmentId)) return { kind: "delete-segment", segmentId };
  const count = between(1, UNIT_ENTRIES_MAX, random);
  return { kind: "append", segmentId, entries: Array.from({ length: count }, (_, i) => markedEntry(`${mark}.${i}`, random)) };
}

function between(least: number, most: number, random: Random): number {
  return least + Math.floor(random() * (most - least + 1));
}

const ID_CHARACTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A ULID of the seed's choice. */
export function anyId(random: Random): string {
  let id = "0";
  while (id.length < 26) id += ID_CHARACTERS[Math.floor(random() * ID_CHARACTERS.length)];
  return id;
}
