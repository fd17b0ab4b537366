import type { History, SeenEntry, Tail, TailMessage } from "../history.js";
import { entryText, messageText, tailText } from "../in-words.js";
import type { Report } from "../law.js";

/** What the messages of a tail must be among themselves, whatever is stored. */
export function checkTailShapes({ tails }: History, report: Report): void {
  for (const tail of tails) new ShapeCheck(tail, report).run();
}

class ShapeCheck {
  readonly #tail: Tail;
  readonly #report: Report;
  readonly #given = new Set<number>();
  /** Position of the last message. */
  #told: number;
  /** Position of the last entry or event. */
  #last: number;
  readonly #start: number;
  #isCaughtUp = false;

  constructor(tail: Tail, report: Report) {
    this.#tail = tail;
    this.#report = report;
    this.#start = tail.start.type === "after" ? tail.start.position : 0;
    this.#told = this.#start;
    this.#last = this.#start;
  }

  run(): void {
    let before: TailMessage | undefined;
    for (const message of this.#tail.messages) {
      const last = before;
      this.#take(message, () => [tailText(this.#tail), ...(last ? [messageText(last)] : []), messageText(message)]);
      before = message;
    }
  }

  #take(message: TailMessage, evidence: () => readonly string[]): void {
    const { position, event } = message;
    for (const entry of event.type === "entries" ? event.entries : []) {
      this.#takeItem(entry.position, () => entryText(entry), evidence);
      this.#checkCovered(entry, position, evidence);
    }
    if (event.type === "truncated") this.#takeItem(position, () => `the cut of ${event.segmentId}`, evidence);
    if (event.type === "caughtUp") {
      if (this.#isCaughtUp) this.#report("tail-repetition", `${this.#tail.id} caught up twice`, ...evidence());
      this.#isCaughtUp = true;
    }
    if (position < this.#told) this.#report("tail-position", `${this.#tail.id} went back from ${this.#told} to ${position}`, ...evidence());
    this.#told = Math.max(this.#told, position);
  }

  #takeItem(position: number, what: () => string, evidence: () => readonly string[]): void {
    const { id } = this.#tail;
    if (this.#given.has(position)) this.#report("tail-repetition", `${id} gave ${what()} twice`, ...evidence());
    else if (position <= this.#start) this.#report("tail-repetition", `${id} gave ${what()}, which lies before its start`, ...evidence());
    else if (position < this.#last) this.#report("tail-order", `${id} gave ${what()} behind position ${this.#last}`, ...evidence());
    this.#given.add(position);
    this.#last = Math.max(this.#last, position);
  }

  #checkCovered(entry: SeenEntry, told: number, evidence: () => readonly string[]): void {
    if (entry.position <= told) return;
    this.#report(
      "tail-position",
      `a message of ${this.#tail.id} holds ${entryText(entry)}, which its position does not cover`,
      ...evidence(),
    );
  }
}
