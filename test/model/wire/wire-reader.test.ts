import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { WireReader } from "../../../src/model/wire/wire-reader.js";

const uint64 = fc.oneof(
  fc.bigInt(0n, 2n ** 64n - 1n),
  fc.nat().map(BigInt),
  fc.integer({ min: 0, max: 63 }).map((bits) => 2n ** BigInt(bits)),
);

test("a varint of 64 bits reads back as its two halves", () => {
  fc.assert(
    fc.property(uint64, (value) => {
      const bytes = new BinaryWriter().uint64(value).finish();
      const reader = new WireReader(bytes);

      const low = reader.varint(bytes.length);

      expect((BigInt(reader.high) << 32n) | BigInt(low)).toBe(value);
      expect(reader.wide(low)).toBe(Number(value));
      expect(reader.at).toBe(bytes.length);
    }),
    { numRuns: 1000 },
  );
});

test("a value of any wire type is stepped over to its last byte", () => {
  const writer = new BinaryWriter()
    .tag(1, WireType.Varint)
    .int64(-1n)
    .tag(2, WireType.Bit64)
    .fixed64(7n)
    .tag(3, WireType.LengthDelimited)
    .bytes(new Uint8Array(300))
    .tag(4, WireType.StartGroup)
    .tag(5, WireType.StartGroup)
    .tag(1, WireType.Varint)
    .uint32(1)
    .tag(5, WireType.EndGroup)
    .tag(4, WireType.EndGroup)
    .tag(6, WireType.Bit32)
    .fixed32(7);
  const bytes = writer.finish();
  const reader = new WireReader(bytes);

  const numbers: number[] = [];
  while (reader.at < bytes.length) {
    const tag = reader.tag(bytes.length);
    numbers.push(tag >>> 3);
    reader.skip(tag, bytes.length, 0);
  }

  expect(numbers).toEqual([1, 2, 3, 4, 6]);
  expect(reader.at).toBe(bytes.length);
});

test.each([
  ["nothing at all", [], "is cut off"],
  ["a varint without its last byte", [0x80], "is cut off"],
  ["a varint of 11 bytes", [...new Array<number>(10).fill(0xff), 0x01], "holds a varint of more than 10 bytes"],
])("a varint is refused: %s", (_, bytes, description) => {
  const reader = new WireReader(Uint8Array.from(bytes));

  expect(() => reader.varint(bytes.length)).toThrow(description);
});

test.each([
  ["field number 0", [0x02], "holds field number 0"],
  ["wire type 6", [0x0e], "holds an unknown wire type"],
  ["more than 32 bits", [0xff, 0xff, 0xff, 0xff, 0x1f], "holds a tag that is too long"],
  ["six bytes for a small number", [0x88, 0x80, 0x80, 0x80, 0x80, 0x00], "holds a tag that is too long"],
])("a tag is refused: %s", (_, bytes, description) => {
  const reader = new WireReader(Uint8Array.from(bytes));

  expect(() => reader.tag(bytes.length)).toThrow(description);
});

test.each([
  ["8 bytes that are 7", [0x09, 1, 2, 3, 4, 5, 6, 7], "is cut off"],
  ["4 bytes that are 3", [0x0d, 1, 2, 3], "is cut off"],
  ["a length past the end", [0x0a, 0x02, 0x00], "has a length past the end of its message"],
  ["a length of more than 32 bits", [0x0a, 0x80, 0x80, 0x80, 0x80, 0x10], "has a length past the end of its message"],
  ["a group that is not closed", [0x0b, 0x08, 0x01], "is cut off"],
  ["a group that another number closes", [0x0b, 0x14], "closes a group that is not open"],
  ["the end of no group", [0x0c], "closes a group that is not open"],
])("a value is refused: %s", (_, bytes, description) => {
  const reader = new WireReader(Uint8Array.from(bytes));
  const tag = reader.tag(bytes.length);

  expect(() => reader.skip(tag, bytes.length, 0)).toThrow(description);
});

test("groups count against the bound of nesting together with the messages around them", () => {
  const groups = (depth: number) => Uint8Array.from([...new Array<number>(depth).fill(0x0b), ...new Array<number>(depth).fill(0x0c)]);
  const skip = (depth: number, around: number) => () => {
    const reader = new WireReader(groups(depth));
    reader.skip(reader.tag(2 * depth), 2 * depth, around);
  };

  expect(skip(100, 0)).not.toThrow();
  expect(skip(101, 0)).toThrow("is nested deeper than 100");
  expect(skip(90, 11)).toThrow("is nested deeper than 100");
  expect(skip(100_000, 0)).toThrow("is nested deeper than 100");
});
