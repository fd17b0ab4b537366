import assert from "node:assert/strict";
import type { Item } from "../../../gen/seglog/v1/entry_pb.js";
import { mergeStateParts } from "../../../src/client/restore-state.js";
import type { SegmentClient } from "../../../src/client/segment-client.js";
import type { RaceOutcome } from "./check-race.js";

/**
 * Restores some branches, evenly spread, and checks that their history is what they inherit and then their own.
 *
 * @returns how many were restored
 */
export async function checkStates(client: SegmentClient, { segmentId, units, stored }: RaceOutcome, most: number): Promise<number> {
  const inherited = stored.entries.filter((entry) => entry.segmentId === segmentId).map(({ text }) => text);
  const branches = units.filter(({ isForked }) => isForked);
  const chosen = branches.filter((_, i) => i % Math.ceil(branches.length / most) === 0);
  for (const { segmentId: branchId, believedCount, texts, name } of chosen) {
    const state = await mergeStateParts(client.restoreSegment({ segmentId: branchId }));
    assert.deepEqual(state.history.map(textOf), [...inherited.slice(1, believedCount), ...texts], `history of the branch of unit ${name}`);
  }
  return chosen.length;
}

function textOf({ kind }: Item): string | undefined {
  const part = kind.case === "message" ? kind.value.content[0]?.kind : undefined;
  return part?.case === "text" ? part.value : undefined;
}
