import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SegmentId, SessionId } from "../../../../src/model/id.js";
import { BrokenSealError, SEAL_BYTES } from "../../../../src/store/lmdb/values/sealed.js";
import { ValueReader } from "../../../../src/store/lmdb/values/value-reader.js";
import { ValueWriter } from "../../../../src/store/lmdb/values/value-writer.js";
import { anyId } from "../../../support/entry-arbitrary.js";

const number = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 127, 128, 16_383, 16_384, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER));
const u64 = fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.constantFrom(0n, 127n, 128n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n));
const bytes = fc.uint8Array({ maxLength: 1000 });

/** A field of a value: how it is written, how it is read, and what it was. */
const field = fc.oneof(
  fc.nat({ max: 255 }).map((was) => [was, (to: ValueWriter) => to.u8(was), (from: ValueReader) => from.u8()] as const),
  number.map((was) => [was, (to: ValueWriter) => to.varint(was), (from: ValueReader) => from.varint()] as const),
  u64.map((was) => [was, (to: ValueWriter) => to.u64(was), (from: ValueReader) => from.u64()] as const),
  u64.map((was) => [was, (to: ValueWriter) => to.bigVarint(was), (from: ValueReader) => from.bigVarint()] as const),
  // The brands are what an id is read back as.
  anyId.map((was) => [was, (to: ValueWriter) => to.id(was as SessionId), (from: ValueReader) => from.sessionId()] as const),
  anyId.map((was) => [was, (to: ValueWriter) => to.id(was as SegmentId), (from: ValueReader) => from.segmentId()] as const),
  bytes.map((was) => [Buffer.from(was), (to: ValueWriter) => to.bytes(was), (from: ValueReader) => from.bytes(was.length)] as const),
);

describe("a value", () => {
  test("is read as it was written, field by field, to its end", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.array(field, { maxLength: 30 }), bytes, (key, fields, rest) => {
        const writer = new ValueWriter();
        for (const [, write] of fields) write(writer);
        const reader = new ValueReader(key, writer.bytes(rest).sealedFor(key));

        for (const [was, , read] of fields) expect(read(reader)).toEqual(was);
        expect(reader.rest().equals(Buffer.from(rest))).toBe(true);
      }),
    );
  });

  test("is found out where any bit of it is flipped, where it is cut, and where it stands under another key", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), bytes, fc.nat(), fc.nat({ max: 7 }), (key, body, at, bit) => {
        const value = new ValueWriter().bytes(body).sealedFor(key);
        const flipped = Buffer.from(value);
        const byte = at % flipped.length;
        flipped[byte] = (flipped[byte] ?? 0) ^ (1 << bit);
        const otherKey = Uint8Array.from([...key, bit]);

        expect(() => new ValueReader(key, flipped)).toThrow(BrokenSealError);
        expect(() => new ValueReader(key, value.subarray(0, byte))).toThrow(BrokenSealError);
        expect(() => new ValueReader(otherKey, value)).toThrow(BrokenSealError);
        expect(() => new ValueReader(key, value)).not.toThrow();
      }),
    );
  });

  test("of fewer fields than are read is damaged, whatever is read", () => {
    const key = Buffer.from("key");
    const reads = [
      (from: ValueReader) => from.u8(),
      (from: ValueReader) => from.u64(),
      (from: ValueReader) => from.varint(),
      (from: ValueReader) => from.bigVarint(),
      (from: ValueReader) => from.sessionId(),
      (from: ValueReader) => from.segmentId(),
      (from: ValueReader) => from.bytes(1),
    ];

    for (const read of reads) {
      const reader = new ValueReader(key, new ValueWriter().sealedFor(key));
      expect(reader.isAtEnd).toBe(true);
      expect(() => read(reader)).toThrow(BrokenSealError);
    }
    expect(new ValueWriter().sealedFor(key)).toHaveLength(SEAL_BYTES);
  });
});
