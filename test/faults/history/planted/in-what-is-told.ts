import type { History, TailMessage } from "../history.js";
import { acknowledgement, answerOf, askedNs } from "../operations.js";
import { sightings } from "../sightings.js";
import { changesOf } from "../timeline/changes.js";
import { replay } from "../timeline/replay.js";
import { type Draft, freshPosition, mapSeen, type Planted } from "./planted.js";

/** What a daemon could tell writers, readers and observers wrongly. */
export const PLANTED_IN_WHAT_IS_TOLD: readonly Planted[] = [
  { name: "a retry gets another answer", law: "same-answer", plant: answerOtherwise },
  { name: "two appends win with one precondition", law: "one-winner", plant: letTwoWin },
  { name: "a refusal tells of the head that was believed in", law: "one-winner", plant: refuseWithoutCause },
  { name: "a loser is on a branch of something else", law: "own-branch", plant: moveBranch },
  { name: "what was acknowledged first comes second", law: "real-time-order", plant: acknowledgeBackwards },
  { name: "a read shows what is never committed", law: "no-dirty-read", plant: showUncommitted },
  { name: "a read shows the past", law: "stale-read", plant: showThePast },
  { name: "a read finds no segment where one was created", law: "stale-read", plant: showNoSegment },
  { name: "a read shows an append in part", law: "whole-units", plant: showAPart },
  { name: "a tail gives an entry twice", law: "tail-repetition", plant: repeatInTail },
  { name: "a tail leaves an entry out", law: "tail-gap", plant: leaveOutOfTail },
  { name: "a tail gives two entries in the wrong order", law: "tail-order", plant: swapInTail },
  { name: "a tail says that it caught up before it did", law: "tail-position", plant: runAhead },
];

function answerOtherwise(history: Draft<History>): boolean {
  for (const { attempts } of history.operations) {
    const answers = attempts.flatMap(({ outcome }) => (outcome.type === "ok" ? [outcome.answer] : []));
    const last = answers.at(-1);
    if (last === undefined || answers.length < 2) continue;
    last.headPosition++;
    return true;
  }
  return false;
}

/** The one who came right behind the winner believed in the same. */
function letTwoWin(history: Draft<History>): boolean {
  const winners = new Map<string, Draft<History>["operations"][number]>();
  for (const operation of history.operations) {
    const answer = answerOf(operation);
    if (operation.believed && answer && !answer.forked) winners.set(`${answer.segmentId} ${answer.entryCount}`, operation);
  }
  for (const operation of history.operations) {
    const answer = answerOf(operation);
    if (operation.values.length === 0 || answer?.firstIndex === undefined || answer.forked) continue;
    const winner = winners.get(`${answer.segmentId} ${answer.firstIndex}`);
    if (winner?.believed === undefined || winner === operation || winner.values.length === 0) continue;
    operation.believed = { ...winner.believed };
    return true;
  }
  return false;
}

function refuseWithoutCause(history: Draft<History>): boolean {
  for (const { attempts, believed } of history.operations) {
    const outcome = attempts.at(-1)?.outcome;
    if (outcome?.type !== "fail" || outcome.head === undefined || believed === undefined) continue;
    outcome.head = { ...outcome.head, ...believed };
    return true;
  }
  return false;
}

function moveBranch(history: Draft<History>): boolean {
  const forked = history.operations.map((operation) => answerOf(operation)).find((answer) => answer?.forked);
  const end = history.final.find(({ segmentId }) => segmentId === forked?.segmentId);
  if (end?.base === undefined) return false;
  const base = { ...end.base, entryCount: end.base.entryCount + 1 };
  end.base = base;
  mapSeen(history, (entry) => (entry.segmentId === end.segmentId && entry.index === 0 ? { ...entry, base } : entry));
  return true;
}

/** The clock of two operations that did not overlap is exchanged. */
function acknowledgeBackwards(history: Draft<History>): boolean {
  const units = history.operations.filter(
    (operation) => operation.values.length > 0 && answerOf(operation) && operation.attempts.length === 1,
  );
  for (const [i, first] of units.entries()) {
    const endNs = acknowledgement(first)?.endNs ?? 0;
    const second = units.slice(i + 1, i + 100).find((later) => askedNs(later) > endNs + 1);
    const [a, b] = [first.attempts[0], second?.attempts[0]];
    if (a === undefined || b === undefined || (answerOf(first)?.headPosition ?? 0) >= (second ? (answerOf(second)?.headPosition ?? 0) : 0))
      continue;
    [a.invokeNs, a.endNs, b.invokeNs, b.endNs] = [b.invokeNs, b.endNs, a.invokeNs, a.endNs];
    return true;
  }
  return false;
}

function showUncommitted(history: Draft<History>): boolean {
  const shown = new Set([...sightings(history)].map(({ entry }) => entry.value));
  for (const operation of history.operations) {
    const { values, attempts, segmentId } = operation;
    const isLost =
      values.length > 0 && attempts.every(({ outcome }) => outcome.type === "unknown") && !values.some((value) => shown.has(value));
    const read = history.reads.find(
      (each) => each.segmentId === segmentId && each.endNs > askedNs(operation) && each.found.type === "entries",
    );
    if (!isLost || read?.found.type !== "entries") continue;
    const last = read.found.entries.at(-1);
    if (last === undefined) continue;
    const position = freshPosition(history);
    read.found.entries.push(...values.map((value, i) => ({ segmentId, index: last.index + 1 + i, position: position + i, value })));
    return true;
  }
  return false;
}

/** A read of the head shows the state before the one that it shows, though the next was acknowledged long before. */
function showThePast(history: Draft<History>): boolean {
  const { states, changes } = replay(history, changesOf(history), () => {});
  for (const read of history.reads) {
    if (read.found.type !== "head") continue;
    for (const state of states.get(read.segmentId) ?? []) {
      const ended = changes[state.until]?.operation;
      const isPast = ended !== undefined && (acknowledgement(ended)?.endNs ?? Number.POSITIVE_INFINITY) < read.invokeNs;
      const isTwice = states.get(read.segmentId)?.some((other) => other !== state && other.headPosition === state.headPosition);
      if (!isPast || isTwice) continue;
      read.found.head = { entryCount: state.entryCount, headPosition: state.headPosition };
      return true;
    }
  }
  return false;
}

function showNoSegment(history: Draft<History>): boolean {
  for (const read of history.reads) {
    const creation = history.operations.find(({ kind, segmentId }) => kind === "create" && segmentId === read.segmentId);
    if (creation === undefined || (acknowledgement(creation)?.endNs ?? Number.POSITIVE_INFINITY) >= read.invokeNs) continue;
    read.found = { type: "missing" };
    return true;
  }
  return false;
}

function showAPart(history: Draft<History>): boolean {
  const { states } = replay(history, changesOf(history), () => {});
  for (const { segmentId, found } of history.reads) {
    if (found.type !== "entries" || found.entries.length < 3) continue;
    const shorter = found.entries.at(-2);
    const isState = states.get(segmentId)?.some(({ headPosition }) => headPosition === shorter?.position);
    if (isState || shorter?.position === 0) continue;
    found.entries.pop();
    return true;
  }
  return false;
}

function repeatInTail(history: Draft<History>): boolean {
  return changeMessage(history, ({ event }) => {
    if (event.type !== "entries" || event.entries[0] === undefined) return false;
    event.entries.push({ ...event.entries[0] });
    return true;
  });
}

function leaveOutOfTail(history: Draft<History>): boolean {
  const there = new Set(history.final.flatMap(({ entries }) => entries.map(({ position }) => position)));
  return changeMessage(history, ({ event }) => {
    if (event.type !== "entries" || event.entries.length < 2) return false;
    const at = event.entries.findIndex(({ position }) => there.has(position));
    if (at < 0 || at === event.entries.length - 1) return false;
    event.entries.splice(at, 1);
    return true;
  });
}

function swapInTail(history: Draft<History>): boolean {
  return changeMessage(history, ({ event }) => {
    if (event.type !== "entries" || event.entries.length < 2) return false;
    event.entries.reverse();
    return true;
  });
}

/** The message before an entry that was there to stay says that it covers that entry, and the entry never comes. */
function runAhead(history: Draft<History>): boolean {
  const there = new Set(history.final.flatMap(({ entries }) => entries.map(({ position }) => position)));
  for (const { messages } of history.tails) {
    const at = messages.findIndex(({ event }, i) => {
      const next = messages[i + 1]?.event;
      return (
        event.type !== "entries" && event.type !== "truncated" && next?.type === "entries" && there.has(next.entries[0]?.position ?? 0)
      );
    });
    const [quiet, next] = [messages[at], messages[at + 1]];
    if (quiet === undefined || next?.event.type !== "entries") continue;
    quiet.position = next.event.entries[0]?.position ?? 0;
    next.event.entries.shift();
    return true;
  }
  return false;
}

function changeMessage(history: Draft<History>, change: (message: Draft<TailMessage>) => boolean): boolean {
  return history.tails.some(({ messages }) => messages.some(change));
}
