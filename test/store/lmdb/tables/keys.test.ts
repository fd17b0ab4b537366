import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { idBytes, type SegmentId, segmentIdAt } from "../../../../src/model/id.js";
import { key, keyAfter, lastNumber, TABLE } from "../../../../src/store/lmdb/tables/keys.js";
import { anyId } from "../../../support/entry-arbitrary.js";

const tag = fc.constantFrom(...Object.values(TABLE));
const id = anyId.map((text) => text as SegmentId); // any id may be a segment's
const number = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 1, 255, 256, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER));

describe("keys", () => {
  test("are in the order of what they are made of: table, then ids, then numbers", () => {
    fc.assert(
      fc.property(tag, id, number, id, number, (table, idA, a, idB, b) => {
        const keyA = key(table, idBytes(idA), a);
        const keyB = key(table, idBytes(idB), b);

        const wanted = idA === idB ? Math.sign(a - b) : idA < idB ? -1 : 1;
        expect(keyA.compare(keyB)).toBe(wanted);
        expect(key(table, a).compare(key(table, b))).toBe(Math.sign(a - b));
      }),
    );
  });

  test("of turns are in the order of all 64 bits", () => {
    const u64 = fc.bigInt(0n, 2n ** 64n - 1n);
    fc.assert(
      fc.property(u64, u64, (a, b) => {
        expect(key(TABLE.turns, a).compare(key(TABLE.turns, b))).toBe(a === b ? 0 : a < b ? -1 : 1);
      }),
    );
  });

  test("give back the id and the number in them", () => {
    fc.assert(
      fc.property(tag, id, number, (table, segmentId, n) => {
        const made = key(table, idBytes(segmentId), n);

        expect(made[0]).toBe(table);
        expect(segmentIdAt(made, 1)).toBe(segmentId);
        expect(lastNumber(made)).toBe(n);
      }),
    );
  });

  test("that begin with a prefix, and no others, lie between it and the key after it", () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 6 }).map((raw) => Buffer.from(raw.map((byte) => (byte > 200 ? 0xff : byte))));
    // No key follows all that begin with bytes of 0xff; the only table whose tag is that has the highest keys anyway.
    const prefixes = bytes.filter((prefix) => prefix[0] !== TABLE.feed);
    fc.assert(
      fc.property(prefixes, bytes, (prefix, other) => {
        const isBetween = (at: Buffer) => prefix.compare(at) <= 0 && at.compare(keyAfter(prefix)) < 0;
        const begins = other.subarray(0, prefix.length).equals(prefix);

        expect(isBetween(other)).toBe(begins);
        expect(isBetween(Buffer.concat([prefix, other]))).toBe(true);
      }),
    );
  });

  test("have a tag of their own for each table", () => {
    expect(new Set(Object.values(TABLE)).size).toBe(Object.keys(TABLE).length);
  });
});
