import type { Answer, History, Operation, SeenEntry } from "../history.js";
import { answerOf } from "../operations.js";
import { addToEnd, type Draft, freshPosition, type Planted, writerOf } from "./planted.js";

/** What a store could lose, add or mix up. */
export const PLANTED_IN_THE_STORE: readonly Planted[] = [
  { name: "an acknowledged append is lost", law: "acknowledged-present", plant: loseLast },
  { name: "an append is acknowledged at another place than it has", law: "acknowledged-present", plant: misplaceAnswer },
  { name: "a refused append is stored", law: "refused-absent", plant: (history) => twist(history, refuse, { attempts: 1 }) },
  { name: "an append that nobody was answered about is stored twice", law: "unknown-at-most-once", plant: (h) => twist(h, forget, {}) },
  { name: "a retry stores its append a second time", law: "retry-adds-nothing", plant: (h) => twist(h, () => {}, { attempts: 2 }) },
  { name: "an append is stored twice", law: "no-duplicates", plant: (history) => twist(history, () => {}, { attempts: 1 }) },
  { name: "an entry is stored that nobody wrote", law: "nothing-foreign", plant: addForeign },
  { name: "an index is left out", law: "dense-indexes", plant: leaveIndexOut },
  { name: "two entries stand in each other's place", law: "positions-grow", plant: swapNeighbours },
  { name: "an append is stored in part", law: "whole-units", plant: tear },
  { name: "what was cut is back", law: "stays-cut", plant: resurrect },
  { name: "a position is given again after a cut", law: "positions-unique", plant: reusePosition },
  { name: "a fork changes what its source had", law: "source-unchanged", plant: changeInherited },
];

/** The last append of a segment is gone from the end. */
function loseLast(history: Draft<History>): boolean {
  for (const segment of history.final) {
    const last = segment.entries.at(-1);
    const writer = last && writerOf(history, last);
    if (
      writer === undefined ||
      answerOf(writer) === undefined ||
      writer.values.at(-1) !== last?.value ||
      segment.entryCount <= writer.values.length + 1
    )
      continue;
    if (history.final.some(({ base }) => base?.segmentId === segment.segmentId)) continue;
    segment.entries = segment.entries.slice(0, -writer.values.length);
    segment.entryCount = segment.entries.length;
    segment.headPosition = segment.entries.at(-1)?.position ?? 0;
    return true;
  }
  return false;
}

function misplaceAnswer(history: Draft<History>): boolean {
  const answer = storedAnswers(history, { attempts: 1 })[0]?.answer;
  if (answer?.firstIndex === undefined) return false;
  answer.firstIndex++;
  answer.entryCount++;
  return true;
}

/** Of an append that is stored, lets something be other than it was: and stores it a second time, where that is the matter. */
function twist(history: Draft<History>, change: (operation: Draft<Operation>) => void, wanted: { readonly attempts?: number }): boolean {
  const stored = storedAnswers(history, wanted)[0];
  if (stored === undefined) return false;
  change(stored.operation);
  if (change === refuse) return true;
  let position = freshPosition(history);
  for (const value of stored.operation.values) addToEnd(history, stored.answer.segmentId, { position: position++, value });
  return true;
}

function refuse({ attempts }: Draft<Operation>): void {
  for (const attempt of attempts) attempt.outcome = { type: "fail", reason: "TOO_MANY_IN_FLIGHT" };
}

function forget({ attempts }: Draft<Operation>): void {
  for (const attempt of attempts) attempt.outcome = { type: "unknown" };
}

function addForeign(history: Draft<History>): boolean {
  const [segment] = history.final;
  if (segment === undefined) return false;
  addToEnd(history, segment.segmentId, { position: freshPosition(history), value: "nobody:0:0" });
  return true;
}

function leaveIndexOut(history: Draft<History>): boolean {
  const segment = history.final.find(({ entryCount }) => entryCount > 3);
  segment?.entries.splice(Math.floor(segment.entryCount / 2), 1);
  return segment !== undefined;
}

function swapNeighbours(history: Draft<History>): boolean {
  const segment = history.final.find(({ entryCount }) => entryCount > 4);
  const [first, second] = segment?.entries.splice(2, 2) ?? [];
  if (segment === undefined || first === undefined || second === undefined) return false;
  segment.entries.splice(2, 0, { ...second, index: first.index }, { ...first, index: second.index });
  return true;
}

/** The last entry of a unit of several is gone from the end, the others are there. */
function tear(history: Draft<History>): boolean {
  for (const segment of history.final) {
    const last = segment.entries.at(-1);
    const writer = last && writerOf(history, last);
    if (last === undefined || (writer?.values.length ?? 0) < 2 || writer?.values.at(-1) !== last.value) continue;
    if (history.final.some(({ base }) => base?.segmentId === segment.segmentId)) continue;
    segment.entries.pop();
    segment.entryCount--;
    segment.headPosition--;
    return true;
  }
  return false;
}

/** An acknowledged entry that a cut took is in the end behind all that its segment has. */
function resurrect(history: Draft<History>): boolean {
  const isAcknowledged = (entry: SeenEntry) => {
    const writer = writerOf(history, entry);
    return writer !== undefined && answerOf(writer) !== undefined;
  };
  for (const cut of cutEntries(history)) {
    const end = history.final.find(({ segmentId }) => segmentId === cut.segmentId);
    if (end === undefined || (end.entries[cut.index - 1]?.position ?? Number.POSITIVE_INFINITY) > cut.position) continue;
    if (!end.entries.slice(cut.index).every(isAcknowledged)) continue;
    if (history.final.some(({ base }) => base?.segmentId === cut.segmentId && base.entryCount > cut.index)) continue;
    end.entries = [...end.entries.slice(0, cut.index), cut];
    end.entryCount = end.entries.length;
    end.headPosition = cut.position;
    return true;
  }
  return false;
}

/** Everywhere, the entry that came after a cut has the position of one that was cut. */
function reusePosition(history: Draft<History>): boolean {
  for (const cut of cutEntries(history)) {
    const stored = storedAnswers(history, {}).find(
      ({ operation, answer }) => operation.values.length === 1 && !answer.forked && answer.headPosition > cut.position + 1,
    );
    if (stored === undefined) continue;
    const [value] = stored.operation.values;
    for (const { outcome } of stored.operation.attempts) if (outcome.type === "ok") outcome.answer.headPosition = cut.position;
    for (const tail of history.tails) {
      const at = tail.messages.findIndex(({ event }) => event.type === "entries" && event.entries.some((entry) => entry.value === value));
      if (at >= 0) tail.messages.splice(at);
    }
    history.reads = [];
    history.final = history.final.filter(({ entries }) => !entries.some((entry) => entry.value === value));
    return true;
  }
  return false;
}

function changeInherited(history: Draft<History>): boolean {
  const branch = history.final.find(({ inherited }) => (inherited?.length ?? 0) > 1);
  branch?.inherited?.pop();
  return branch !== undefined;
}

/** Appends that were acknowledged, stand in the end and took so many attempts; with the answer. */
function storedAnswers(
  history: Draft<History>,
  wanted: { readonly attempts?: number },
): readonly { readonly operation: Draft<Operation>; readonly answer: Draft<Answer> }[] {
  const there = new Set(history.final.flatMap(({ entries }) => entries.map(({ value }) => value)));
  return history.operations.flatMap((operation) => {
    const first = operation.attempts.find(({ outcome }) => outcome.type === "ok")?.outcome;
    if (first?.type !== "ok" || operation.values.length === 0 || !operation.values.every((value) => there.has(value))) return [];
    if (wanted.attempts === 1 && operation.attempts.length !== 1) return [];
    if (wanted.attempts === 2 && operation.attempts.length < 2) return [];
    return [{ operation, answer: first.answer }];
  });
}

/** Acknowledged entries that a tail gave and that are not there in the end. */
function cutEntries(history: Draft<History>): readonly SeenEntry[] {
  const there = new Set(history.final.flatMap(({ entries }) => entries.map(({ value }) => value)));
  const acknowledged = new Set(history.operations.flatMap((operation) => (answerOf(operation) ? operation.values : [])));
  return history.tails.flatMap(({ messages }) =>
    messages.flatMap(({ event }) =>
      event.type === "entries"
        ? event.entries.filter(({ value }) => value !== undefined && !there.has(value) && acknowledged.has(value))
        : [],
    ),
  );
}
