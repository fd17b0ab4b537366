import type { Head, History, Operation, SeenEntry } from "../history.js";
import { entryText, operationText } from "../in-words.js";
import type { Report } from "../law.js";
import { answerOf, isAsBelieved } from "../operations.js";
import type { Change } from "./change.js";
import { OpenCuts } from "./open-cuts.js";
import { UnseenEntries } from "./unseen-entries.js";

/** A segment between two changes of it. */
export interface State extends Head {
  /** The change that it is the outcome of, by its number in the timeline. */
  readonly from: number;
  /** The change that ends it; infinite where none does. */
  until: number;
}

/** What replaying the changes in their order gives. */
export interface Replayed {
  readonly changes: readonly Change[];
  /** Each segment in the end. */
  readonly logs: ReadonlyMap<string, readonly SeenEntry[]>;
  /** Each segment through all its states. */
  readonly states: ReadonlyMap<string, readonly State[]>;
  /** By the position of an entry, the number of the change that cut it. */
  readonly cutBy: ReadonlyMap<number, number>;
}

/** Replays the changes in their order, and reports each that could not happen where it stands. */
export function replay(history: History, changes: readonly Change[], report: Report): Replayed {
  const replaying = new Replaying(history, changes, report);
  for (const [number, change] of changes.entries()) replaying.take(change, number);
  replaying.end();
  return { changes, logs: replaying.logs, states: replaying.states, cutBy: replaying.cutBy };
}

class Replaying {
  readonly logs = new Map<string, SeenEntry[]>();
  readonly states = new Map<string, State[]>();
  readonly cutBy = new Map<number, number>();
  readonly #needed = new Map<string, number>();
  readonly #cuts: OpenCuts;
  readonly #unseen: UnseenEntries;
  readonly #report: Report;
  #before: Change | undefined;

  constructor(history: History, changes: readonly Change[], report: Report) {
    this.#cuts = new OpenCuts(history.operations);
    this.#unseen = new UnseenEntries(history, changes);
    this.#report = report;
  }

  take(change: Change, number: number): void {
    this.#checkApart(change);
    if (change.opening !== undefined) this.#open(change, change.opening);
    if (change.unit.length > 0) this.#append(change);
    if (change.keptCount !== undefined) this.#cut(change, change.keptCount, number);
    this.#endState(change.segmentId, number);
  }

  end(): void {
    for (const operation of this.#cuts.untold()) {
      this.#report("stays-cut", `the cut of ${operation.id} was acknowledged, and no tail tells of it`, operationText(operation));
    }
  }

  #checkApart(change: Change): void {
    const before = this.#before;
    this.#before = change;
    if (before === undefined || change.firstPosition > before.lastPosition) return;
    this.#report("positions-unique", `two changes share position ${change.firstPosition}`, changeText(before), changeText(change));
  }

  #open(change: Change, { entry, base }: NonNullable<Change["opening"]>): void {
    this.logs.set(change.segmentId, [entry]);
    const source = base && this.logs.get(base.segmentId);
    change.operation ??= base && this.#unseen.takeBranch(change.segmentId, base);
    const { operation } = change;
    if (base !== undefined) {
      this.#needed.set(base.segmentId, Math.max(base.entryCount, this.#needed.get(base.segmentId) ?? 0));
      if (source === undefined || source.length < base.entryCount) {
        this.#report("own-branch", `a branch inherits ${base.entryCount} entries, which there are not`, changeText(change));
      }
    }
    if (operation === undefined) return this.#report("nothing-foreign", `a segment opens that nobody asked for`, changeText(change));
    if (change.unit.length === 0) return;
    const believed = operation.believed;
    if (!operation.forksOnConflict || base?.segmentId !== operation.segmentId || base.entryCount !== believed?.entryCount) {
      this.#report(
        "own-branch",
        `${operation.id} is on a branch of something else than it believed in`,
        changeText(change),
        entryText(entry),
      );
    }
    const known = source?.[(believed?.entryCount ?? 0) - 1];
    if (known && believed?.headPosition !== undefined && known.position !== believed.headPosition && !this.#unseen.is(known)) {
      this.#report("own-branch", `${operation.id} inherits what its writer did not know`, changeText(change), entryText(known));
    }
    const head = source && headOf(source);
    if (head !== undefined && isAsBelieved(believed, head) && !this.#mayHaveMore(operation.segmentId, change)) {
      this.#report("one-winner", `${operation.id} became a branch, though the segment was as it believed`, changeText(change));
    }
  }

  #append(change: Change): void {
    const { segmentId, unit, operation } = change;
    const log = this.logs.get(segmentId);
    const [first] = unit;
    if (first === undefined || log === undefined) {
      return this.#report("nothing-foreign", `entries are in a segment that never opened`, changeText(change));
    }
    this.#unseen.fill(log, { segmentId, upTo: first.index });
    const last = log.at(-1);
    const head = headOf(log);
    if (last !== undefined && change.opening === undefined && operation?.believed && !this.#unseen.is(last)) {
      if (!isAsBelieved(operation.believed, head)) {
        const rival = this.#rivalText(segmentId, last);
        this.#report("one-winner", `${operation.id} was taken, though its precondition did not hold`, changeText(change), rival);
      }
    }
    if (first.index !== log.length) {
      const what = `index ${first.index} was given where ${log.length} was next in ${segmentId}`;
      return this.#report("dense-indexes", what, changeText(change), last ? entryText(last) : "no entry before");
    }
    log.push(...unit);
  }

  #cut(change: Change, keptCount: number, number: number): void {
    const { segmentId } = change;
    const log = this.logs.get(segmentId) ?? [];
    this.#unseen.fill(log, { segmentId, upTo: keptCount });
    const last = log.at(-1);
    const mayHaveMore = this.#mayHaveMore(segmentId, change) || (last !== undefined && this.#unseen.is(last));
    const between = { after: lastPosition(log), before: change.firstPosition };
    const operation =
      this.#cuts.take(segmentId, keptCount, headOf(log)) ?? (mayHaveMore ? this.#cuts.take(segmentId, keptCount, between) : undefined);
    change.operation = operation;
    if (operation === undefined) return this.#report("nothing-foreign", `nobody asked for a cut as it is told`, changeText(change));
    if (keptCount > log.length) {
      return this.#report("dense-indexes", `a cut keeps ${keptCount} entries where there are ${log.length}`, changeText(change));
    }
    const needed = this.#needed.get(segmentId) ?? 0;
    if (keptCount < needed) {
      this.#report("source-unchanged", `a cut takes what a branch of ${needed} entries is based on`, changeText(change));
    }
    for (const { position } of log.splice(keptCount)) this.cutBy.set(position, number);
    const answer = answerOf(operation);
    const kept = log.at(-1);
    if (answer && kept && !this.#unseen.is(kept) && !isAsBelieved(answer, headOf(log))) {
      this.#report("stays-cut", `the answer to ${operation.id} is not what a cut leaves`, changeText(change), entryText(kept));
    }
  }

  #endState(segmentId: string, number: number): void {
    const log = this.logs.get(segmentId);
    if (log === undefined) return;
    const states = this.states.get(segmentId) ?? [];
    const before = states.at(-1);
    if (before !== undefined) before.until = number;
    states.push({ ...headOf(log), from: number, until: Number.POSITIVE_INFINITY });
    this.states.set(segmentId, states);
  }

  /** Whether a segment may have had entries that nobody was shown, right before a change. */
  #mayHaveMore(segmentId: string, { firstPosition }: Change): boolean {
    return this.#unseen.mayBe(segmentId, { after: lastPosition(this.logs.get(segmentId) ?? []), before: firstPosition });
  }

  #rivalText(segmentId: string, last: SeenEntry): string {
    return `the segment ended with ${entryText(last)}, entry ${this.logs.get(segmentId)?.length ?? 0}`;
  }
}

function headOf(log: readonly SeenEntry[]): Head {
  return { entryCount: log.length, headPosition: log.at(-1)?.position ?? 0 };
}

/** Position of the last entry that somebody was shown. */
function lastPosition(log: readonly SeenEntry[]): number {
  return log.findLast(({ position }) => !Number.isNaN(position))?.position ?? 0;
}

/** A change, in a line. */
export function changeText({ segmentId, firstPosition, lastPosition, operation, keptCount }: Change): string {
  const what: Operation | undefined = operation;
  if (what !== undefined) return operationText(what);
  const where = `${segmentId} at positions ${firstPosition} to ${lastPosition}`;
  return keptCount === undefined ? where : `the cut of ${where} to ${keptCount}`;
}
