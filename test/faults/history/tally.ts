import type { History } from "./history.js";
import { answerOf } from "./operations.js";

/** What happened in histories, by what was asked and what came of it. */
export type Tally = Map<string, number>;

/** Adds what happened in a history. */
export function addHistory(tally: Tally, { operations, reads, tails, final }: History): void {
  const add = (name: string, count = 1) => tally.set(name, (tally.get(name) ?? 0) + count);
  for (const name of ROWS) add(name, 0);
  for (const operation of operations) {
    const { kind, values, attempts } = operation;
    const answer = answerOf(operation);
    const isUnknown = attempts.some(({ outcome }) => outcome.type === "unknown");
    add(`${kind}`);
    add(answer ? "acknowledged" : isUnknown ? "outcome never known" : "refused");
    if (answer) add("entries acknowledged", values.length);
    if (answer?.forked) add("conflicts that became a branch");
    if (attempts.some(({ outcome }) => outcome.type === "fail" && outcome.reason === "HEAD_MISMATCH")) add("conflicts that were refused");
    if (kind === "truncate" && answer) add("entries cut", answer.removedCount ?? 0);
    if (answer?.replayed || (isUnknown && attempts.some(({ outcome }) => outcome.type === "ok" && outcome.answer.replayed))) {
      add("answers that were lost, and given again");
    }
    add("attempts without an answer", attempts.filter(({ outcome }) => outcome.type === "unknown").length);
  }
  add("reads", reads.length);
  add("tails", tails.length);
  for (const { messages } of tails) {
    add("tail messages", messages.length);
    add("heartbeats", messages.filter(({ event }) => event.type === "heartbeat").length);
  }
  add("segments in the end", final.length);
  add(
    "entries in the end",
    final.reduce((sum, { entryCount }) => sum + entryCount, 0),
  );
}

/** The order in which figures are told. */
const ROWS = [
  "append",
  "streamed",
  "saveDelta",
  "truncate",
  "fork",
  "create",
  "acknowledged",
  "refused",
  "outcome never known",
  "entries acknowledged",
  "conflicts that became a branch",
  "conflicts that were refused",
  "attempts without an answer",
  "answers that were lost, and given again",
  "entries cut",
];
