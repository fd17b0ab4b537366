import type { Command } from "commander";
import { isOnTerminal } from "../output.js";
import { type ColorWhen, type Paint, paintOf } from "../paint.js";

/** With what and on what is drawn. */
export interface Pen {
  readonly paint: Paint;
  /** Columns of the terminal; undefined where there is none, and nothing is wrapped. */
  readonly columns: number | undefined;
  /** Whether texts are drawn whole, however long they are. */
  readonly isFull: boolean;
}

/** What the flags of a command say of the drawing. */
export interface DrawOptions {
  readonly color?: ColorWhen;
  readonly full?: boolean;
}

/** Adds the flag that has all of a text drawn. */
export function addFullOption(command: Command): Command {
  return command.option("--full", "print texts whole, however long they are");
}

/** Columns of a terminal that does not tell how many it has. */
const DEFAULT_COLUMNS = 80;

/** How this process draws on its standard output. */
export function penOf(options: DrawOptions): Pen {
  return {
    paint: paintOf(options),
    // Asked each time: who follows a log may make the window wider. A terminal without a size says 0.
    get columns() {
      return isOnTerminal() ? process.stdout.columns || DEFAULT_COLUMNS : undefined;
    },
    isFull: options.full === true,
  };
}
