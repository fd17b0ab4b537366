import { shownControls } from "../one-line.js";
import { columnCount } from "./column-count.js";

/** A line of a text as it is drawn. */
export interface DrawnLine {
  /** With its controls escaped. */
  readonly text: string;
  /** Where in the text it ends, in UTF-16 units: the next line begins there. */
  readonly end: number;
}

/** Room for the lines of a text, in columns; Infinity where nothing is wrapped. */
export interface Room {
  readonly columns: number;
  /** For the first line, where something stands in front of it. */
  readonly firstColumns?: number;
}

/** What has been drawn of a line, and up to where. */
interface Part extends DrawnLine {
  readonly columns: number;
}

const NOTHING = { text: "", columns: 0 } as const;

/**
 * The lines of a text: its own line ends, and those that the room asks for, behind a space where there is one. Neither a
 * character nor an escape is ever taken apart. One line end at the end of the text begins no line.
 */
export function* wrapped(text: string, { columns, firstColumns = columns }: Room): Generator<DrawnLine, void, undefined> {
  let room = firstColumns;
  let line: Part = { ...NOTHING, end: 0 };
  let untilSpace: Part | undefined;
  for (const character of text) {
    const end = line.end + character.length;
    if (character === "\n") {
      yield { text: line.text.trimEnd(), end };
      [line, untilSpace, room] = [{ ...NOTHING, end }, undefined, columns];
      continue;
    }
    const drawn = shownControls(character);
    const drawnColumns = columnCount(drawn);
    const isSpace = character === " "; // may stand past the end, where nobody sees it
    // Twice where a word behind a space fills a line by itself; the first line stays empty where nothing fits into its room.
    while (line.columns + drawnColumns > room && !isSpace && (line.text !== "" || room < columns)) {
      const whole: Part = untilSpace ?? line;
      yield { text: whole.text.trimEnd(), end: whole.end };
      line = { text: line.text.slice(whole.text.length), columns: line.columns - whole.columns, end: line.end };
      [untilSpace, room] = [undefined, columns];
    }
    line = { text: line.text + drawn, columns: line.columns + drawnColumns, end };
    if (isSpace) untilSpace = line;
  }
  if (line.text !== "" || text === "") yield { text: line.text.trimEnd(), end: line.end };
}
