import assert from "node:assert/strict";
import type { Segment } from "../../../gen/seglog/v1/segment_pb.js";
import type { Counts } from "./counts.js";
import type { PlacedEntry } from "./observer.js";
import type { ReadBack } from "./read-back.js";
import type { AcknowledgedUnit } from "./unit.js";

/** What a race left, and what its writers were told. */
export interface RaceOutcome {
  /** The segment that was raced on. */
  readonly segmentId: string;
  readonly units: readonly AcknowledgedUnit[];
  readonly counts: Counts;
  readonly stored: ReadBack;
}

/**
 * Checks that what is in the store is what was acknowledged, and nothing else.
 *
 * @throws AssertionError that says which unit or segment is wrong
 */
export function checkRace(outcome: RaceOutcome): void {
  checkCounts(outcome);
  checkEveryUnit(outcome);
  checkEverySegment(outcome);
  checkBranches(outcome);
  checkRealTimeOrder(outcome.units);
}

/** Checks that an observer was given each entry that is stored once, in order of position, and nothing else. */
export function checkObserved(observed: readonly PlacedEntry[], stored: readonly PlacedEntry[], observer: string): void {
  for (const [i, { position }] of observed.entries()) {
    const before = observed[i - 1]?.position ?? 0;
    assert(position > before, `the tail of ${observer} gave position ${position} after ${before}`);
  }
  assert.equal(observed.length, stored.length, `entries that the tail of ${observer} gave`);
  for (const [i, entry] of stored.entries()) assert.deepEqual(observed[i], entry, `entry ${i} of the tail of ${observer}`);
}

/** Every conflict became a branch or a retry. */
function checkCounts({ counts, stored, units }: RaceOutcome): void {
  assert.equal(counts.acknowledged, counts.appends, "units acknowledged");
  assert.equal(units.length, counts.appends, "units that their writers know of");
  assert.equal(counts.conflicts, counts.branches + counts.retries, "conflicts");
  assert.equal(stored.segments.length, 1 + counts.branches, "segments in the session");
}

/** Every acknowledged entry is there once, where the answer said, and there is no other but the opening entries. */
function checkEveryUnit({ units, stored }: RaceOutcome): void {
  const opening = stored.entries.filter(({ text }) => text === undefined);
  assert(
    opening.every(({ index }) => index === 0),
    "an entry that no writer wrote is not an opening entry",
  );
  assert.equal(opening.length, stored.segments.length, "opening entries");
  const places = new Map<string | undefined, PlacedEntry>();
  for (const entry of stored.entries) {
    if (entry.text === undefined) continue;
    assert(!places.has(entry.text), `entry ${entry.text} is there twice`);
    places.set(entry.text, entry);
  }
  for (const unit of units) {
    assert.equal(unit.entryCount, unit.firstIndex + unit.texts.length, `entry count that unit ${unit.name} was told`);
    for (const [i, text] of unit.texts.entries()) {
      const position = unit.headPosition - unit.texts.length + 1 + i;
      const said: PlacedEntry = { segmentId: unit.segmentId, index: unit.firstIndex + i, position, text };
      assert.deepEqual(places.get(text), said, `place of entry ${text}`);
      places.delete(text);
    }
  }
  assert.deepEqual([...places.keys()], [], "entries that nobody was told of");
}

/** Indexes are dense, in the order of positions, and the segment's own figures agree. */
function checkEverySegment({ stored }: RaceOutcome): void {
  const logs = new Map<string, PlacedEntry[]>(stored.segments.map(({ segmentId }) => [segmentId, []]));
  for (const entry of stored.entries) {
    const log = logs.get(entry.segmentId);
    assert(log !== undefined, `segment ${entry.segmentId} is not listed`);
    assert.equal(entry.index, log.length, `index in segment ${entry.segmentId}`);
    log.push(entry);
  }
  for (const { segmentId, entryCount, headPosition } of stored.segments) {
    const log = logs.get(segmentId);
    assert.equal(Number(entryCount), log?.length, `entry count of segment ${segmentId}`);
    assert.equal(Number(headPosition), log?.at(-1)?.position, `head position of segment ${segmentId}`);
  }
}

/** A branch holds its one unit, and inherits what its writer believed in. */
function checkBranches({ segmentId, units, stored }: RaceOutcome): void {
  const segments = new Map<string, Segment>(stored.segments.map((segment) => [segment.segmentId, segment]));
  for (const unit of units) {
    const segment = segments.get(unit.segmentId);
    assert(segment !== undefined, `the segment of unit ${unit.name} is not listed`);
    if (!unit.isForked) {
      assert.equal(unit.segmentId, segmentId, `segment of unit ${unit.name}`);
      assert.equal(unit.firstIndex, unit.believedCount, `first index of unit ${unit.name}`);
      continue;
    }
    assert.equal(segment.base?.segmentId, segmentId, `base of the branch of unit ${unit.name}`);
    assert.equal(Number(segment.base?.entryCount), unit.believedCount, `base count of the branch of unit ${unit.name}`);
    assert.equal(segment.forkedFrom?.segmentId, segmentId, `origin of the branch of unit ${unit.name}`);
    assert.equal(Number(segment.entryCount), 1 + unit.texts.length, `entries of the branch of unit ${unit.name}`);
  }
}

/** A unit that was sent after another had been answered comes after it. */
function checkRealTimeOrder(units: readonly AcknowledgedUnit[]): void {
  let lastSent: AcknowledgedUnit | undefined;
  for (const unit of units.toSorted((a, b) => a.headPosition - b.headPosition)) {
    assert(
      lastSent === undefined || unit.answeredMs >= lastSent.sentMs,
      `unit ${unit.name} was answered before unit ${lastSent?.name} was sent, but is stored after it`,
    );
    if (lastSent === undefined || unit.sentMs > lastSent.sentMs) lastSent = unit;
  }
}
