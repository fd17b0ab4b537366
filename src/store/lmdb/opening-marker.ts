import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../error-code.js";
import { isWithoutRoom } from "./store-marker.js";

/** Attempts to open a store, none of which came to an end, before the next one is refused. */
const ATTEMPTS_MAX = 3;

/** Longest file of this kind that is read, in characters: an attempt takes 50. */
const MARKER_CHARS_MAX = 4096;

/** Opening the store has ended the process each time it was tried. */
export class OpeningFailedError extends Error {
  override readonly name = "OpeningFailedError";

  constructor(
    readonly folder: string,
    readonly attemptCount: number,
  ) {
    super(
      `opening the store in ${folder} ended the process ${attemptCount} times in a row; it was not tried again, and the file is left as it is`,
    );
  }
}

/** An attempt to open a store. */
export interface Opening {
  /** Earlier ones that did not come to an end. */
  readonly earlierCount: number;
  /** It came to an end, good or bad. */
  ended(): void;
}

/**
 * Notes in a file `opening` that a store is about to be opened, until that has ended: a damaged file can end the process
 * then, and whoever starts it again must not do so for ever.
 *
 * @throws OpeningFailedError where the last attempts all ended the process
 */
export function beginOpening(folder: string): Opening {
  const path = join(folder, "opening");
  const earlierCount = attemptsIn(path);
  if (earlierCount >= ATTEMPTS_MAX) throw new OpeningFailedError(folder, earlierCount);
  note(path);
  return { earlierCount, ended: () => rmSync(path, { force: true }) };
}

/** On a disk without room the store is opened all the same, so that something can be deleted. */
function note(path: string): void {
  try {
    appendFileSync(path, `pid ${process.pid} since ${new Date().toISOString()}\n`, { mode: 0o600 });
  } catch (error) {
    if (!isWithoutRoom(error)) throw error;
  }
}

function attemptsIn(path: string): number {
  try {
    return readFileSync(path, "latin1").slice(0, MARKER_CHARS_MAX).split("\n").length - 1;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return 0;
    throw error;
  }
}
