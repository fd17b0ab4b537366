import { expect, test } from "vitest";
import { firstNumber } from "../../../src/model/wire/first-number.js";
import { WireReader } from "../../../src/model/wire/wire-reader.js";
import { nested, type Part, raw, varint } from "../raw-message.js";

const numberOf = (...parts: Part[]) => {
  const bytes = raw(...parts);
  return firstNumber(new WireReader(bytes), bytes.length);
};

test.each([
  ["0 where there is none", [nested(2, "x")], 0n],
  ["what stands there", [varint(1, 300)], 300n],
  ["exact beyond 2^53", [varint(1, 2n ** 64n - 1n)], 2n ** 64n - 1n],
  ["the last of several", [varint(1, 7), varint(2, 8), varint(1, 6), nested(9, "unknown")], 6n],
] satisfies [string, Part[], bigint][])("the first field of a message is %s", (_what, parts, expected) => {
  expect(numberOf(...parts)).toBe(expected);
});

test("nothing behind the end is read", () => {
  const bytes = raw(varint(1, 5), varint(1, 9));

  expect(firstNumber(new WireReader(bytes), 2)).toBe(5n);
});
