import type { Base, History, Operation, SeenEntry } from "../history.js";
import { answerOf, isRefused } from "../operations.js";
import { sightings } from "../sightings.js";
import type { Change } from "./change.js";

/**
 * Entries that were there and cut again before anybody was shown them, of appends that nobody was answered about. No more
 * of them are taken for granted than such appends may have left.
 */
export class UnseenEntries {
  readonly #roomOf = new Map<string, number>();
  readonly #filled = new WeakSet<SeenEntry>();
  readonly #unknown: Operation[] = [];
  /** Runs of positions that no change holds. */
  readonly #holes: { readonly from: number; readonly to: number }[] = [];

  constructor(history: History, changes: readonly Change[]) {
    let next = 1;
    for (const { firstPosition, lastPosition } of changes) {
      if (firstPosition > next) this.#holes.push({ from: next, to: firstPosition - 1 });
      next = Math.max(next, lastPosition + 1);
    }
    const shown = new Set<string | undefined>();
    for (const { entry } of sightings(history)) shown.add(entry.value);
    for (const operation of history.operations) {
      const { segmentId, values } = operation;
      if (answerOf(operation) || isRefused(operation) || values.some((value) => shown.has(value))) continue;
      this.#unknown.push(operation);
      this.#addRoom(segmentId, values.length);
    }
  }

  /** Fills a log up to an index, where there may have been entries that nobody was shown. */
  fill(log: SeenEntry[], { segmentId, upTo }: { readonly segmentId: string; readonly upTo: number }): void {
    const room = this.#roomOf.get(segmentId) ?? 0;
    const missing = upTo - log.length;
    if (missing <= 0 || missing > room) return;
    this.#roomOf.set(segmentId, room - missing);
    for (let index = log.length; index < upTo; index++) {
      const entry: SeenEntry = { segmentId, index, position: Number.NaN };
      this.#filled.add(entry);
      log.push(entry);
    }
  }

  /** The append that a branch may be of, whose entries were cut before anybody was shown them. */
  takeBranch(segmentId: string, base: Base): Operation | undefined {
    const operation = this.#unknown.find(
      ({ segmentId: sourceId, forksOnConflict, believed }) =>
        forksOnConflict && sourceId === base.segmentId && believed?.entryCount === base.entryCount,
    );
    if (operation === undefined) return undefined;
    this.#unknown.splice(this.#unknown.indexOf(operation), 1);
    this.#addRoom(operation.segmentId, -operation.values.length);
    this.#addRoom(segmentId, operation.values.length);
    return operation;
  }

  /** Whether some may have been in a segment, at positions between two. */
  mayBe(segmentId: string, between: { readonly after: number; readonly before: number }): boolean {
    const hasRoom = (this.#roomOf.get(segmentId) ?? 0) > 0;
    return hasRoom && this.#holes.some(({ from, to }) => to > between.after && from < between.before);
  }

  /** Whether an entry is such a one. */
  is(entry: SeenEntry): boolean {
    return this.#filled.has(entry);
  }

  #addRoom(segmentId: string, count: number): void {
    this.#roomOf.set(segmentId, (this.#roomOf.get(segmentId) ?? 0) + count);
  }
}
