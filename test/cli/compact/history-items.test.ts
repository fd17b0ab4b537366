import { expect, test } from "vitest";
import { historyItems } from "../../../src/cli/compact/history-items.js";

const HELLO = '{"message":{"role":"ROLE_USER","content":[{"text":"hello"}]}}';
const CALL = '{"toolCall":{"callId":"c","name":"look","arguments":"{\\"n\\":12345678901234567890}"}}';

test("a history is an array of items, or an item a line", () => {
  const array = historyItems(`\n [${HELLO},\n${CALL}]\n`, "h.json");
  const lines = historyItems(`${HELLO}\r\n\n${CALL}`, "h.jsonl");

  expect(array).toEqual(lines);
  expect(lines.map(({ kind }) => kind.case)).toEqual(["message", "toolCall"]);
  expect(historyItems("", "h.json")).toEqual([]);
});

test.each([
  [`[${HELLO},{"secret":1}]`, 'item 2 of h is no item: cannot decode message seglog.v1.Item from JSON: key "secret" is unknown'],
  [`${HELLO}\n"secret"`, "line 2 of h is no item: cannot decode message seglog.v1.Item from JSON"],
  ["[1", "h is "],
  ["nothing", "line 1 of h is "],
])("a history that is none is refused with its place (%#), and none of its values", (text, message) => {
  expect(() => historyItems(text, "h")).toThrow(message);
});
