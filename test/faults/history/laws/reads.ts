import type { History, Outcome, Read, ReadFound } from "../history.js";
import { entryText, readText } from "../in-words.js";
import type { Report } from "../law.js";
import { answerOf, isRefused } from "../operations.js";
import { ChangePositions } from "../timeline/positions.js";
import { changeText, type Replayed, type State } from "../timeline/replay.js";

/** A read, and the states that it may have shown: more than one where a cut leads back to an earlier one. */
export interface MatchedRead {
  readonly read: Read;
  readonly states: readonly State[];
  /** The change that opens the segment, where the read was told that there is none. */
  readonly opening?: number;
}

/** Each read shows a segment as it was at one moment: finds which. Refusals that tell the head are reads too. */
export function matchReads(history: History, replayed: Replayed, report: Report): readonly MatchedRead[] {
  const states = statesByHead(replayed);
  const mayHaveUnseen = segmentsWithUnknown(history);
  const positions = new ChangePositions(replayed.changes);
  const matched: MatchedRead[] = [];
  for (const read of [...history.reads, ...readsOfRefusals(history)]) {
    const opening = read.found.type === "missing" ? replayed.states.get(read.segmentId)?.[0]?.from : undefined;
    if (opening !== undefined) matched.push({ read, states: [], opening });
    const head = headOf(read);
    if (head === undefined) continue;
    const found = states.get(keyOf(read.segmentId, head.entryCount, head.headPosition));
    if (found !== undefined) {
      checkNotCut(read, found, replayed, report);
      matched.push({ read, states: found });
      continue;
    }
    const change = replayed.changes[positions.lastUpTo(head.headPosition)];
    const isKnown = change !== undefined && head.headPosition <= change.lastPosition;
    if (!isKnown && mayHaveUnseen.has(read.segmentId)) continue;
    const isTorn = isKnown && head.headPosition < change.lastPosition && change.segmentId === read.segmentId;
    if (isTorn) report("whole-units", `${read.id} shows an append in part`, readText(read), changeText(change));
    else
      report(
        "reads-are-prefixes",
        `${read.id} shows ${read.segmentId} as it never was`,
        readText(read),
        ...(change ? [changeText(change)] : []),
      );
  }
  return matched;
}

function keyOf(segmentId: string, entryCount: number, headPosition: number): string {
  return `${segmentId} ${entryCount} ${headPosition}`;
}

function statesByHead({ states }: Replayed): ReadonlyMap<string, readonly State[]> {
  const byHead = new Map<string, State[]>();
  for (const [segmentId, ofSegment] of states) {
    for (const state of ofSegment) {
      const key = keyOf(segmentId, state.entryCount, state.headPosition);
      const known = byHead.get(key);
      if (known === undefined) byHead.set(key, [state]);
      else known.push(state);
    }
  }
  return byHead;
}

function headOf({ found }: Read): { readonly entryCount: number; readonly headPosition: number } | undefined {
  if (found.type === "missing") return undefined;
  if (found.type === "head") return found.head;
  const last = found.entries.at(-1);
  return last && { entryCount: last.index + 1, headPosition: last.position };
}

function readsOfRefusals({ operations }: History): readonly Read[] {
  return operations.flatMap(({ id, segmentId, attempts }) =>
    attempts.flatMap(({ invokeNs, endNs, outcome }): Read[] => {
      const found = foundByRefusal(outcome);
      return found === undefined ? [] : [{ id: `${id}'s refusal`, segmentId, invokeNs, endNs, found }];
    }),
  );
}

function foundByRefusal(outcome: Outcome): ReadFound | undefined {
  if (outcome.type !== "fail") return undefined;
  if (outcome.reason === "SEGMENT_NOT_FOUND") return { type: "missing" };
  return outcome.head && { type: "head", head: outcome.head };
}

/** Segments with appends that may have been there, and nobody knows. */
function segmentsWithUnknown({ operations }: History): ReadonlySet<string> {
  return new Set(operations.filter((each) => !answerOf(each) && !isRefused(each)).map(({ segmentId }) => segmentId));
}

/** Entries of a read were not cut by then. Dense and at their places they are, so that they are all of the state's. */
function checkNotCut(read: Read, states: readonly State[], { changes, cutBy }: Replayed, report: Report): void {
  const last = states.at(-1);
  if (read.found.type !== "entries" || last === undefined) return;
  for (const entry of read.found.entries) {
    const cut = cutBy.get(entry.position);
    const change = changes[cut ?? -1];
    if (cut === undefined || change === undefined || cut > last.from) continue;
    report("stays-cut", `${read.id} shows ${entryText(entry)}, which was cut before`, readText(read), changeText(change));
  }
}
