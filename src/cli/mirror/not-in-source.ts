import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";

const NAMED_MAX = 3;

/** The copy has something that the source has not, and nobody said that it may go. */
export function notInSource(copy: string, what: string): CommandError {
  return new CommandError(EXIT.conflict, `${copy} has what the source does not have: ${what}`, undefined, [
    "choose another place for the copy",
    "or add --prune, which takes from the copy whatever the source does not have",
  ]);
}

/** Ids for a message: the first of them, and how many there are. */
export function namedIds(what: string, ids: readonly string[]): string {
  const more = ids.length > NAMED_MAX ? ` and ${ids.length - NAMED_MAX} more` : "";
  return `${what} ${ids.slice(0, NAMED_MAX).join(", ")}${more}`;
}
