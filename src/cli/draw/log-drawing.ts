import type { Entry } from "../../../gen/seglog/v1/entry_pb.js";
import { timeText } from "../time-text.js";
import { blockLines } from "./block-lines.js";
import { entryBlocks } from "./entry-blocks.js";
import type { Pen } from "./pen.js";
import { ToolCalls } from "./tool-calls.js";

/** Room for the index of an entry. */
const INDEX_COLUMNS = 5;

/** Most segments whose tool calls are kept in mind. */
const SEGMENTS_MAX = 100;

/**
 * Draws entries in the order in which they are given: index and time at the left, what they say at the right. Times are
 * in UTC; a line of its own says the date, before the first entry and where it changes.
 */
export class LogDrawing {
  readonly #pen: Pen;
  readonly #calls = new Map<string, ToolCalls>();
  #date: string | undefined;
  #heading: string | undefined;

  constructor(pen: Pen) {
    this.#pen = pen;
  }

  /** The lines of an entry of a segment. Only with a heading is it said of which: before the first, and where it changes. */
  entryLines(entry: Entry, { segmentId, heading }: { readonly segmentId: string; readonly heading?: string }): string[] {
    const { date, clock } = dateAndClock(entry);
    const { isFull } = this.#pen;
    const blocks = entryBlocks(entry, { isFull, calls: this.#callsOf(segmentId) });
    const changed = [date === this.#date ? undefined : date, heading === this.#heading ? undefined : heading];
    this.#date = date ?? this.#date;
    this.#heading = heading;
    return [
      ...changed.flatMap((text) => (text === undefined ? [] : [this.#pen.paint("faint", text)])),
      ...blockLines(blocks, `${String(entry.index).padStart(INDEX_COLUMNS)}  ${clock}`, this.#pen),
    ];
  }

  /** The line of what happened to a segment or a session as a whole. */
  eventLines(text: string): string[] {
    this.#heading = undefined; // what follows may be of any segment
    return [this.#pen.paint("bad", `━━ ${text} ━━`)];
  }

  #callsOf(segmentId: string): ToolCalls {
    const calls = this.#calls.get(segmentId) ?? new ToolCalls();
    this.#calls.set(segmentId, calls);
    const [oldest] = this.#calls.keys();
    if (this.#calls.size > SEGMENTS_MAX && oldest !== undefined) this.#calls.delete(oldest);
    return calls;
  }
}

const NO_CLOCK = "--:--:--";

/** The date of an entry, and its time of the day. */
function dateAndClock({ time }: Entry): { readonly date: string | undefined; readonly clock: string } {
  const [date, clock] = timeText(time).split(/[TZ]/);
  return clock === undefined ? { date: undefined, clock: NO_CLOCK } : { date: `${date} UTC`, clock };
}
