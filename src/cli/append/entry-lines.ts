import { type Entry, EntrySchema } from "../../../gen/seglog/v1/entry_pb.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import { messageOfJson } from "../message-of-json.js";

/**
 * Reads one entry in the JSON form of protobuf, such as `{"turnEnd":{"turnCount":"3"}}`.
 *
 * @param line for the message; counts from 1
 * @throws CommandError where it is none; says where, and no value that stands there
 */
export function entryOfJson(text: string, line: number): Entry {
  const where = `line ${line} of standard input`;
  const entry = messageOfJson(EntrySchema, text, { what: "entry", where, shownBy: "seglog show SEGMENT --json" });
  if (entry.kind.case === undefined)
    throw new CommandError(EXIT.usage, `${where} has no kind; wanted an entry such as {"userInput":{"pieces":[{"text":"hello"}]}}`);
  return entry;
}
