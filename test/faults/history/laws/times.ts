import type { History, Tail } from "../history.js";
import { messageText, readText, tailText } from "../in-words.js";
import type { Law, Report } from "../law.js";
import { acknowledgement, askedNs } from "../operations.js";
import { CommitTimes, type Contradiction, type TimeFact } from "../timeline/commit-times.js";
import { ChangePositions } from "../timeline/positions.js";
import { changeText, type Replayed } from "../timeline/replay.js";
import type { MatchedRead } from "./reads.js";

/**
 * Everything can have happened at one moment between its call and its answer, in the order of positions: the store is
 * linearizable. Gives what is known of those moments.
 */
export function checkTimes(history: History, replayed: Replayed, reads: readonly MatchedRead[], report: Report): CommitTimes {
  const times = new CommitTimes(replayed.changes.length);
  const positions = new ChangePositions(replayed.changes);
  const told = new Set<TimeFact>();
  const settle = () => {
    times.settle();
    for (const contradiction of times.contradictions()) {
      const { notBefore, notAfter } = contradiction;
      if (told.has(notBefore) || told.has(notAfter)) continue;
      told.add(notBefore).add(notAfter);
      report(lawOf(contradiction), "two things are in an order that they cannot have had", notBefore.text(), notAfter.text());
    }
  };
  // One after the other, so that what contradicts itself is not told of by what was made of it.
  addOperations(times, replayed);
  settle();
  for (const matched of reads) addRead(times, matched);
  settle();
  for (const tail of history.tails) addTail(times, positions, tail);
  settle();
  for (const matched of reads) checkPossible(times, matched, report);
  return times;
}

function addOperations(times: CommitTimes, { changes }: Replayed): void {
  for (const [number, change] of changes.entries()) {
    const { operation } = change;
    if (operation === undefined) continue;
    const text = () => changeText(change);
    times.notBefore(number, { ns: askedNs(operation), kind: "asked", text });
    const answered = acknowledgement(operation);
    if (answered !== undefined) times.notAfter(number, { ns: answered.endNs, kind: "answered", text });
  }
}

/** A read bounds the change that it shows, and the next one, which it does not; each by the loosest of its states. */
function addRead(times: CommitTimes, { read, states, opening }: MatchedRead): void {
  const [first] = states;
  const last = states.at(-1);
  const text = () => readText(read);
  if (opening !== undefined) times.notBefore(opening, { ns: read.invokeNs, kind: "not shown", text });
  if (first !== undefined) times.notAfter(first.from, { ns: read.endNs, kind: "shown", text });
  if (last !== undefined) times.notBefore(last.until, { ns: read.invokeNs, kind: "not shown", text });
}

function addTail(times: CommitTimes, positions: ChangePositions, tail: Tail): void {
  const { start, invokeNs, messages } = tail;
  for (const [i, message] of messages.entries()) {
    const { position, receivedNs, event } = message;
    const text = () => `${tailText(tail)}: ${messageText(message)}`;
    const isGiven = event.type === "entries" || event.type === "truncated";
    times.notAfter(positions.lastUpTo(position), { ns: receivedNs, kind: isGiven ? "tailed" : "covered", text });
    if (event.type === "caughtUp") times.notBefore(positions.firstBehind(position), { ns: invokeNs, kind: "not tailed", text });
    if (i > 0 || start.type !== "end") continue;
    // What comes first from the end was not there when the call came.
    const firstPosition = event.type === "entries" ? (event.entries[0]?.position ?? position) : position;
    const number = isGiven ? positions.lastUpTo(firstPosition) : positions.firstBehind(position);
    times.notBefore(number, { ns: invokeNs, kind: "not tailed", text });
  }
}

function lawOf({ notBefore, notAfter, isSameChange }: Contradiction): Law {
  if (notBefore.kind === "not shown") return "stale-read";
  if (notBefore.kind === "not tailed" || notAfter.kind === "covered") return "tail-position";
  return isSameChange && notAfter.kind !== "answered" ? "no-dirty-read" : "real-time-order";
}

/** A read of one of several states was possible for at least one of them. */
function checkPossible(times: CommitTimes, { read, states }: MatchedRead, report: Report): void {
  const isPossible =
    states.length === 0 || states.some(({ from, until }) => times.earliestNs(from) <= read.endNs && times.latestNs(until) >= read.invokeNs);
  if (!isPossible) report("stale-read", `${read.id} shows a state that was not there at any time of the read`, readText(read));
}
