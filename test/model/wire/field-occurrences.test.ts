import { expect, test } from "vitest";
import { fieldOccurrences, mergedField, withoutField } from "../../../src/model/wire/field-occurrences.js";
import { nested, raw, tag, varint } from "../raw-message.js";

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

test("a message field that stands there several times is one, merged", () => {
  const bytes = raw(nested(3, [1]), varint(1, 7), nested(3), nested(3, [2, 3]));

  expect(mergedField(bytes, 3)).toEqual(Uint8Array.of(1, 2, 3));
  expect(mergedField(nested(3), 3)).toEqual(Uint8Array.of());
  expect(mergedField(bytes, 4)).toBeUndefined();
});

test("a message without a field has all others, in order", () => {
  const group = raw(tag(5, 3), nested(3, "inside"), tag(5, 4));
  const bytes = raw(nested(3, [1]), varint(1, 7), group, nested(3), nested(30, "x"), varint(3, 1));

  expect(withoutField(bytes, 3)).toEqual(raw(varint(1, 7), group, nested(30, "x")));
  expect(withoutField(bytes, 4)).toEqual(bytes);
});
