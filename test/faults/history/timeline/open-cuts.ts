import type { Head, Operation } from "../history.js";
import { answerOf, isAsBelieved, isRefused } from "../operations.js";

/** Truncations that were asked for and may have happened, and of which no tail has told yet. */
export class OpenCuts {
  readonly #open = new Map<string, Operation[]>();

  constructor(operations: readonly Operation[]) {
    for (const operation of operations) {
      if (operation.kind !== "truncate" || isRefused(operation)) continue;
      const key = keyOf(operation.segmentId, operation.keptCount ?? 0);
      this.#open.set(key, [...(this.#open.get(key) ?? []), operation]);
    }
  }

  /**
   * The truncation that a tail tells of.
   *
   * @param before how the segment was before it; or between which positions its head was, where nobody was shown more
   */
  take(segmentId: string, keptCount: number, before: Head | { readonly after: number; readonly before: number }): Operation | undefined {
    const open = this.#open.get(keyOf(segmentId, keptCount)) ?? [];
    const fitting = open.filter((operation) => ("after" in before ? mayFit(operation, before) : fits(operation, keptCount, before)));
    const taken = fitting.find((operation) => answerOf(operation) !== undefined) ?? fitting[0];
    if (taken !== undefined) open.splice(open.indexOf(taken), 1);
    return taken;
  }

  /** Those that were acknowledged, cut something, and were never told of. */
  untold(): readonly Operation[] {
    return [...this.#open.values()].flat().filter((operation) => (answerOf(operation)?.removedCount ?? 0) > 0);
  }
}

function fits(operation: Operation, keptCount: number, head: Head): boolean {
  const removedCount = answerOf(operation)?.removedCount ?? head.entryCount - keptCount;
  return isAsBelieved(operation.believed, head) && removedCount === head.entryCount - keptCount;
}

function mayFit({ believed }: Operation, { after, before }: { readonly after: number; readonly before: number }): boolean {
  const headPosition = believed?.headPosition;
  return headPosition === undefined || (headPosition > after && headPosition < before);
}

function keyOf(segmentId: string, keptCount: number): string {
  return `${segmentId} ${keptCount}`;
}
