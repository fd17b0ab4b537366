import { expect, test } from "vitest";
import { fieldOccurrences } from "../../../src/model/wire/field-occurrences.js";
import { nested, raw, varint } from "../raw-message.js";

test("the occurrences of a field are views of the message, in order", () => {
  const bytes = raw(nested(3, [1]), varint(1, 7), nested(2, "other"), nested(3), nested(3, [2, 3]));

  const occurrences = fieldOccurrences(bytes, 3);

  expect(occurrences).toEqual([Uint8Array.of(1), Uint8Array.of(), Uint8Array.of(2, 3)]);
  expect(occurrences.every((occurrence) => occurrence.buffer === bytes.buffer)).toBe(true);
});

test("a field that does not occur has no occurrences", () => {
  expect(fieldOccurrences(varint(3, 5), 3)).toEqual([]);
  expect(fieldOccurrences(raw(), 3)).toEqual([]);
});
