import type { History, Operation } from "../history.js";
import { operationText } from "../in-words.js";
import type { Report } from "../law.js";
import { answerOf, isAsBelieved } from "../operations.js";

/** What answers must be, whatever is stored. */
export function checkAnswers({ operations }: History, report: Report): void {
  for (const operation of operations) {
    checkRetries(operation, report);
    checkFigures(operation, report);
    checkRefusals(operation, report);
  }
}

function checkRetries(operation: Operation, report: Report): void {
  const { id, attempts } = operation;
  const answers = attempts.flatMap(({ outcome }) => (outcome.type === "ok" ? [{ ...outcome.answer, replayed: false }] : []));
  const [first, ...others] = answers.map((answer) => JSON.stringify(Object.entries(answer).sort()));
  if (others.some((other) => other !== first)) report("same-answer", `${id} was answered in two ways`, operationText(operation));
  const [only, ...further] = attempts;
  if (further.length === 0 && only?.outcome.type === "ok" && only.outcome.answer.replayed) {
    report("same-answer", `${id} was sent once, and got the answer of another`, operationText(operation));
  }
  const freshCount = attempts.filter(({ outcome }) => outcome.type === "ok" && !outcome.answer.replayed).length;
  if (freshCount > 1) report("same-answer", `${id} was done ${freshCount} times by its answers`, operationText(operation));
}

function checkFigures(operation: Operation, report: Report): void {
  const { id, values, segmentId, forksOnConflict } = operation;
  const answer = answerOf(operation);
  if (answer === undefined || values.length === 0) return;
  if (answer.firstIndex === undefined || answer.firstIndex + values.length !== answer.entryCount) {
    report("acknowledged-present", `the answer to ${id} contradicts itself`, operationText(operation));
  }
  if (answer.forked !== (answer.segmentId !== segmentId) || (answer.forked && !forksOnConflict)) {
    report("own-branch", `${id} went to a segment that it did not ask for`, operationText(operation));
  }
}

function checkRefusals(operation: Operation, report: Report): void {
  for (const { outcome } of operation.attempts) {
    if (outcome.type !== "fail" || outcome.reason !== "HEAD_MISMATCH" || outcome.head === undefined) continue;
    if (!isAsBelieved(operation.believed, outcome.head)) continue;
    report("one-winner", `${operation.id} was refused, though the segment was as it believed`, operationText(operation));
  }
}
