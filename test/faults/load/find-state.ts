import { difference } from "./difference.js";
import type { StoredStore } from "./read-store.js";
import type { SessionModel } from "./session-model.js";
import type { Step } from "./session-writer.js";

/** A writer as far as its history goes. */
export interface WriterHistory {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** What is stored is not what was acknowledged. */
export class LossError extends Error {
  override readonly name = "LossError";
}

/**
 * Finds how many of its steps a writer's session has in a store.
 *
 * @param range how many it must have at least, because so many were acknowledged or shown to somebody, and how many it can
 * have at most, because no more were asked for
 * @returns the most that fit
 * @throws LossError where what is stored is none of these states
 */
export function findState(writer: WriterHistory, stored: StoredStore, range: { readonly least: number; readonly most: number }): number {
  let nearest: string | undefined;
  for (let count = range.most; count >= range.least; count--) {
    const model = count === 0 ? new Map() : writer.steps[count - 1]?.model;
    if (model === undefined) throw new Error(`${writer.name} has no step ${count}`);
    const differs = difference(model, stored) ?? surplus(writer, model, stored);
    if (differs === undefined) return count;
    nearest = differs;
  }
  throw new LossError(`${writer.name}, at ${range.least} to ${range.most} of its steps: ${nearest}`);
}

/** A segment of another of the writer's states that is there all the same. */
function surplus(writer: WriterHistory, model: SessionModel, stored: StoredStore): string | undefined {
  for (const step of writer.steps) {
    for (const segmentId of step.model.keys()) {
      if (!model.has(segmentId) && stored.segments.has(segmentId)) return `segment ${segmentId} is there, and should not be`;
    }
  }
  return undefined;
}

/** @throws LossError where the store holds something that is of none of the writers' states */
export function checkNothingElse(models: readonly SessionModel[], stored: StoredStore): void {
  const segmentIds = new Set(models.flatMap((model) => [...model.keys()]));
  const sessionIds = new Set(models.flatMap((model) => [...model.values()].map(({ sessionId }) => sessionId)));
  for (const segmentId of stored.segments.keys()) {
    if (!segmentIds.has(segmentId)) throw new LossError(`segment ${segmentId} is there, and is nobody's`);
  }
  for (const sessionId of stored.sessionIds) {
    if (!sessionIds.has(sessionId)) throw new LossError(`session ${sessionId} is there, and is nobody's`);
  }
  for (const sessionId of sessionIds) {
    if (!stored.sessionIds.has(sessionId)) throw new LossError(`session ${sessionId} is gone`);
  }
}
