import type { History, SeenEntry, Tail, TailMessage } from "../history.js";
import { entryText, messageText, tailText } from "../in-words.js";
import type { Law, Report } from "../law.js";
import type { Change } from "../timeline/change.js";
import type { CommitTimes } from "../timeline/commit-times.js";
import { ChangePositions } from "../timeline/positions.js";
import { changeText, type Replayed } from "../timeline/replay.js";

/** A tail gives everything of its scope from its start to its last position, but for what was cut before it came there. */
export function checkTailContent(history: History, replayed: Replayed, times: CommitTimes, report: Report): void {
  const sessions = new Map(history.final.map(({ segmentId, sessionId }) => [segmentId, sessionId]));
  const positions = new ChangePositions(replayed.changes);
  for (const tail of history.tails) {
    new ContentCheck(tail, { replayed, times, positions, report, isInScope: (segmentId) => isInScope(tail, segmentId, sessions) }).run();
  }
}

function isInScope({ scope }: Tail, segmentId: string, sessions: ReadonlyMap<string, string>): boolean {
  if (scope.type === "store") return true;
  return scope.type === "segment" ? scope.segmentId === segmentId : sessions.get(segmentId) === scope.sessionId;
}

interface ContentContext {
  readonly replayed: Replayed;
  readonly times: CommitTimes;
  readonly positions: ChangePositions;
  readonly report: Report;
  readonly isInScope: (segmentId: string) => boolean;
}

class ContentCheck {
  readonly #tail: Tail;
  readonly #context: ContentContext;
  /** Positions of all that was given. */
  readonly #given = new Set<number>();
  /** The message that is the first to cover the position looked at. */
  #covering = 0;

  constructor(tail: Tail, context: ContentContext) {
    this.#tail = tail;
    this.#context = context;
  }

  run(): void {
    const { replayed, positions, isInScope } = this.#context;
    const last = this.#tail.messages.at(-1);
    if (last === undefined) return;
    for (const message of this.#tail.messages) this.#note(message);
    const afterPosition = this.#afterPosition();
    for (let number = Math.max(0, positions.lastUpTo(afterPosition)); number < replayed.changes.length; number++) {
      const change = replayed.changes[number];
      if (change === undefined || change.firstPosition > last.position) break;
      if (isInScope(change.segmentId)) this.#checkChange(change, number, { afterPosition, lastPosition: last.position });
    }
  }

  #note(message: TailMessage): void {
    const { event, position } = message;
    if (event.type === "truncated") this.#given.add(position);
    for (const entry of event.type === "entries" ? event.entries : []) {
      this.#given.add(entry.position);
      this.#checkFresh(entry, message);
    }
  }

  /** What a tail gives is of its scope, and was not cut before the tail was asked for. */
  #checkFresh(entry: SeenEntry, message: TailMessage): void {
    const { replayed, times, report, isInScope } = this.#context;
    const tell = (law: Law, what: string, ...more: readonly string[]) =>
      report(law, `${this.#tail.id} gave ${entryText(entry)}, which ${what}`, tailText(this.#tail), messageText(message), ...more);
    if (!isInScope(entry.segmentId)) tell("nothing-foreign", "is not of its scope");
    const cut = replayed.cutBy.get(entry.position);
    const change = replayed.changes[cut ?? -1];
    if (cut === undefined || change === undefined || times.latestNs(cut) >= this.#tail.invokeNs) return;
    tell("stays-cut", "had been cut", changeText(change));
  }

  /** Behind which position the tail begins; where only the daemon knows, behind the one before the first that it gave. */
  #afterPosition(): number {
    const { start, messages } = this.#tail;
    const [first] = messages;
    if (start.type === "beginning" || first === undefined) return 0;
    if (start.type === "after") return start.position;
    if (first.event.type !== "entries") return first.event.type === "truncated" ? first.position - 1 : first.position;
    const [entry] = first.event.entries;
    if (start.type === "index" && entry !== undefined && entry.index !== start.index) {
      const what = `${this.#tail.id} was to begin with index ${start.index} and began with ${entry.index}`;
      this.#context.report("tail-gap", what, tailText(this.#tail), messageText(first));
    }
    return (entry?.position ?? first.position) - 1;
  }

  #checkChange(change: Change, number: number, span: { readonly afterPosition: number; readonly lastPosition: number }): void {
    const isAhead = (position: number) => position > span.afterPosition && position <= span.lastPosition && !this.#given.has(position);
    const entries = [...(change.opening ? [change.opening.entry] : []), ...change.unit];
    for (const entry of entries.filter(({ position }) => isAhead(position))) {
      const message = this.#coveringMessage(entry.position);
      const cut = this.#context.replayed.cutBy.get(entry.position);
      if (cut !== undefined && this.#context.times.earliestNs(cut) <= message.receivedNs) continue;
      this.#reportMissing(entryText(entry), message, change);
    }
    if (change.keptCount === undefined || !isAhead(change.firstPosition)) return;
    // Who begins afresh is not told of what was cut before.
    const [first] = this.#tail.messages;
    const isResumed = this.#tail.start.type === "after";
    if (!isResumed && first !== undefined && this.#context.times.earliestNs(number) <= first.receivedNs) return;
    this.#reportMissing("a cut", this.#coveringMessage(change.firstPosition), change);
  }

  #coveringMessage(position: number): TailMessage {
    const { messages } = this.#tail;
    while (this.#covering + 1 < messages.length && (messages[this.#covering]?.position ?? 0) < position) this.#covering++;
    const message = messages[this.#covering];
    if (message === undefined) throw new Error("a tail without messages covers nothing");
    return message;
  }

  #reportMissing(what: string, message: TailMessage, change: Change): void {
    const isGiving = message.event.type === "entries" || message.event.type === "truncated";
    const evidence = [tailText(this.#tail), messageText(message), changeText(change)];
    this.#context.report(isGiving ? "tail-gap" : "tail-position", `${this.#tail.id} went past ${what} without giving it`, ...evidence);
  }
}
