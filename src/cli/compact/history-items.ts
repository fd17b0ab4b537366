import { type Item, ItemSchema } from "../../../gen/seglog/v1/entry_pb.js";
import { CommandError } from "../command-error.js";
import { EXIT } from "../exit-code.js";
import { jsonOfText, messageOfJson, messageOfValue } from "../message-of-json.js";

const SHOWN_BY = "seglog restore SEGMENT --json, in its history";

/**
 * A history as it is given: a JSON array of items, or an item a line, each in the JSON form of protobuf.
 *
 * @param name what messages call where it stands
 * @throws CommandError where any of it is no item
 */
export function historyItems(text: string, name: string): Item[] {
  return /^\s*\[/.test(text) ? itemsOfArray(text, name) : itemsOfLines(text, name);
}

function itemsOfArray(text: string, name: string): Item[] {
  const json = jsonOfText(text, { what: "history", where: name, shownBy: SHOWN_BY });
  if (!Array.isArray(json)) throw new CommandError(EXIT.usage, `${name} is no history; wanted an array of items, or an item a line`);
  return json.map((each, i) => messageOfValue(ItemSchema, each, { what: "item", where: `item ${i + 1} of ${name}`, shownBy: SHOWN_BY }));
}

function itemsOfLines(text: string, name: string): Item[] {
  return text
    .split(/\r?\n/)
    .flatMap((line, i) =>
      line.trim() === "" ? [] : [messageOfJson(ItemSchema, line, { what: "item", where: `line ${i + 1} of ${name}`, shownBy: SHOWN_BY })],
    );
}
