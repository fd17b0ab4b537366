import { BinaryReader } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fieldHead, varintSize, writeVarint } from "../../../src/model/wire/wire-writer.js";

test("law: a varint is read as it was written, and has the size that it says", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      const bytes = new Uint8Array(12);

      const end = writeVarint(bytes, 1, value);

      expect(end - 1).toBe(varintSize(value));
      expect(new BinaryReader(bytes.subarray(1, end)).uint64()).toBe(BigInt(value));
    }),
  );
});

test("law: the head of a field is its tag and length", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 20 }), fc.nat(), (number, length) => {
      const reader = new BinaryReader(fieldHead(number, length));

      expect([...reader.tag(), reader.uint32(), reader.pos]).toEqual([number, 2, length, reader.len]);
    }),
  );
});
